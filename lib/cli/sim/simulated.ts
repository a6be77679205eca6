/** A plan whose services are the built-in simulator's. */
import { UserError } from "../../plan/errors.ts";
import type { Plan, ServicePlan, VoiceKind } from "../../plan/plan.ts";
import { PROTOCOL_FACTS } from "../../plan/protocol_facts.ts";
import type { ProtocolSettings } from "../../plan/protocols.ts";
import { MODEL } from "../../sim/http/openai_shapes.ts";
import type { Simulator } from "../../sim/simulator.ts";

/** A plan aimed at the simulator, and what is different there. */
export interface SimulatedPlan {
  plan: Plan;
  warnings: string[];
}

/** Whether the plan needs the simulator's HTTP port. */
export function needsHttp({ services }: Plan): boolean {
  return services.some(({ protocol }) => PROTOCOL_FACTS[protocol].simulated === "http_port");
}

/**
 * The plan with every service at the simulator, in plaintext and without tokens, asked for the models it has. It has no Triton: such
 * services are called in June's protocol there.
 * @throws {UserError} kind `config` for a service that the simulator cannot stand for
 */
export function simulated(
  plan: Plan,
  { addresses, http_address }: Pick<Simulator, "addresses" | "http_address">,
): SimulatedPlan {
  const warnings: string[] = [];
  const services = plan.services.map((service): ServicePlan => {
    const { auth: _auth, proxy: _proxy, ...open } = service;
    const at = (address: string) => ({ ...open, address, tls: null });
    const settings = simulatedSettings(service.settings);
    const { protocol } = service;
    switch (PROTOCOL_FACTS[protocol].simulated) {
      case "as_june":
        warnings.push(
          `${service.name}: the simulator does not speak ${protocol}; there it is called in June's protocol`,
        );
        return { ...at(addresses[kindOf(service)]), protocol: "june", settings: null };
      case "http_port":
        return { ...at(http(service)), settings };
      case "voice_port":
        return { ...at(addresses[kindOf(service)]), settings };
      case "never":
        throw new UserError(
          "config",
          `--sim: the simulator has no service like "${service.name}"; leave it out of the tasks, or run without --sim`,
        );
    }
  });
  return { plan: { ...plan, services }, warnings };

  function http({ name }: ServicePlan): string {
    if (http_address === null) throw new Error(`The simulator serves no HTTP, which ${name} speaks`);
    return http_address;
  }
}

/** The settings with the models and paths that the simulator has. */
function simulatedSettings(settings: ProtocolSettings | null): ProtocolSettings | null {
  switch (settings?.protocol) {
    case "openai":
      return { ...settings, base_path: "/v1", model: MODEL };
    case "riva":
      return { ...settings, model: "" };
    case "triton":
    case "grpc":
    case "rest":
    case "websocket":
      return settings;
    case undefined:
      return null;
  }
}

function kindOf({ name, kind }: ServicePlan): VoiceKind {
  if (kind === "call") throw new Error(`Service ${name} is none of a voice assistant`);
  return kind;
}
