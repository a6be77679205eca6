/** Redirects a plan to the built-in simulator. */
import { UserError } from "../../plan/errors.ts";
import type { Plan, ServicePlan, VoiceKind } from "../../plan/plan.ts";
import { PROTOCOL_FACTS } from "../../plan/protocol_facts.ts";
import type { ProtocolSettings } from "../../plan/protocols.ts";
import { MODEL } from "../../sim/http/openai_shapes.ts";
import { OUTPUTS, TRITON_MODEL } from "../../sim/triton/description.ts";
import type { Simulator } from "../../sim/simulator.ts";

/** A plan for the simulator, and warnings about the differences. */
export interface SimulatedPlan {
  plan: Plan;
  warnings: string[];
}

/** Where the simulator's services are. */
export type Addresses = Pick<Simulator, "addresses" | "http_address">;

/** Whether the plan needs the simulator's HTTP port. */
export function needsHttp({ services }: Plan): boolean {
  return services.some(({ protocol }) => PROTOCOL_FACTS[protocol].simulated === "http_port");
}

/**
 * The plan with every service at the simulator, in plaintext, without tokens and with the simulator's models.
 * @throws {UserError} kind `config` for a service that the simulator cannot stand for
 */
export function simulated(
  plan: Plan,
  { addresses, http_address }: Addresses,
): SimulatedPlan {
  const warnings: string[] = [];
  const services = plan.services.map((service): ServicePlan => {
    const { auth: _auth, proxy: _proxy, ...open } = withoutVoice(service);
    const at = (address: string) => ({ ...open, address, tls: null, simulated: true as const });
    const settings = simulatedSettings(service.settings);
    if (hasOwnTensors(service.settings)) {
      warnings.push(
        `${service.name}: the simulator's model has its own tensors, so those of the scenario are not sent`,
      );
    }
    switch (PROTOCOL_FACTS[service.protocol].simulated) {
      case "http_port":
        return { ...at(http(service)), settings };
      case "voice_port":
        return { ...at(addresses[kindOf(service)]), settings };
      case "never":
        throw new UserError(
          "config",
          `--sim: the simulator has no service like "${service.name}": remove it from the tasks, or run without --sim`,
        );
    }
  });
  return { plan: { ...plan, services }, warnings };

  function http({ name }: ServicePlan): string {
    if (http_address === null) throw new Error(`The simulator has no HTTP port, which ${name} needs`);
    return http_address;
  }
}

/** The service with the voice that every server has: the simulator has none of a real server's. */
function withoutVoice(service: ServicePlan): ServicePlan {
  const { options } = service;
  return options.kind === "tts" ? { ...service, options: { ...options, voice: "default" } } : service;
}

const hasOwnTensors = (settings: ProtocolSettings | null): boolean =>
  settings !== null && "inputs" in settings && settings.inputs !== null;

/** The settings with the simulator's models and paths. */
function simulatedSettings(settings: ProtocolSettings | null): ProtocolSettings | null {
  switch (settings?.protocol) {
    case "openai":
      return { ...settings, base_path: "/v1", model: MODEL };
    case "riva":
      return { ...settings, model: "" };
    case "triton":
      return { ...settings, model: TRITON_MODEL, version: "", inputs: null, text_output: OUTPUTS.text };
    case "grpc":
    case "rest":
    case "websocket":
      return settings;
    case undefined:
      return null;
  }
}

function kindOf({ name, kind }: ServicePlan): VoiceKind {
  if (kind === "call") throw new Error(`Service ${name} is no service of a voice assistant`);
  return kind;
}
