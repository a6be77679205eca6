/** Settings of a Riva service in the plan. */
import type { ServicePlan } from "../../plan/plan.ts";
import type { RivaSettings } from "../../plan/protocols.ts";

/** June's name for the server's own choice of a voice. For Riva an empty name means that. */
const SERVERS_CHOICE = "default";

/**
 * The settings of a service that speaks Riva.
 * @throws {TypeError} for another service, which the plan's decoder rules out
 */
export function rivaSettings({ name, settings }: ServicePlan): RivaSettings {
  if (settings?.protocol !== "riva") throw new TypeError(`Service ${name} has no settings for Riva`);
  return settings;
}

/** The voice in a request; empty: the server's choice. */
export function rivaVoice(voice: string): string {
  return voice === SERVERS_CHOICE ? "" : voice;
}
