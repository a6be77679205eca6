/** Riva's driver on the workbench. */
import type { RivaSettings } from "../../../lib/plan/protocols.ts";
import type { ServicePlan } from "../../../lib/plan/plan.ts";
import { prepareRiva } from "../../../lib/driver/riva/prepare.ts";
import { SERVICES, type Setup } from "../workbench.ts";

/** Settings that tests start from. */
export const SETTINGS: RivaSettings = {
  protocol: "riva",
  model: "",
  language_code: "en-US",
  interim_results: true,
  automatic_punctuation: false,
  sample_rate_hz: 22_050,
};

/** A plan of a Riva service. */
export function rivaService(
  kind: "stt" | "tts",
  settings: Partial<RivaSettings> = {},
  options: Partial<ServicePlan["options"]> = {},
): ServicePlan {
  const plan = SERVICES[kind];
  return {
    ...plan,
    protocol: "riva",
    settings: { ...SETTINGS, ...settings },
    options: { ...plan.options, ...options } as ServicePlan["options"],
  };
}

/** What a task of Riva is started with. */
export function riva(service: ServicePlan, rest: Omit<Setup, "service" | "prepare"> = {}): Setup {
  return { ...rest, service, prepare: prepareRiva };
}
