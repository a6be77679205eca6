/** Services of the file -> services of the plan. */
import { PROTOCOL_FACTS } from "../../plan/protocol_facts.ts";
import type { ServicePlan, TransportName } from "../../plan/plan.ts";
import type { ProtocolSettings } from "../../plan/protocols.ts";
import type { Problems } from "../read/problems.ts";
import type { ServiceDraft } from "../schema/common.ts";
import { GATEWAY, SERVICE_KINDS, type ServiceKey, type ServicesSettings } from "../schema/services.ts";
import type { Setting } from "../shape/shape.ts";
import type { TestType } from "./service_selection.ts";
import { quote } from "../read/tree.ts";

/** A service that may be called, and its share of a mix without tasks. */
export interface Candidate {
  plan: ServicePlan;
  weight: number;
  /** The exchanges of a `call` service; empty for other services. */
  exchanges: CandidateExchange[];
  /** The `--test-type` that selects it. */
  type: Exclude<TestType, "all">;
  /** Whether it is one of the two halves of June's gateway, which are called only on request. */
  gateway: boolean;
  /** Path of the service in the file, for messages. */
  path: string;
}

/** An exchange of a `call` service, under both of its names. */
export interface CandidateExchange {
  /** As the file gives it. */
  name: string;
  /** As reports and rules name it. */
  operation: string;
  /** Share of the service's calls. */
  weight: number;
}

/** The services of the file, or that some could not be read. */
export type ServicesReading =
  | { kind: "read"; candidates: Candidate[] }
  /** The decoder has reported the services that it could not read. Whether others are missing is unknown. */
  | { kind: "unreadable" };

/** Every service the file names, called or not. */
export function readServices(
  services: Setting<ServicesSettings>,
  transport: TransportName,
  problems: Problems,
): ServicesReading {
  const { grpc, calls, gateway } = services.value;
  const isDefault = !grpc.given && (calls.given || gateway.given);
  const voice = isDefault ? [] : (Object.keys(SERVICE_KINDS) as ServiceKey[]).flatMap((key) => {
    const { value, path } = grpc.value[key];
    return value === null ? [] : [candidate(key, value, path, transport, problems)];
  });
  const own = (calls.value ?? []).map(({ key, keyAt, value, path }) => {
    const taken = [...Object.keys(SERVICE_KINDS), ...Object.values(GATEWAY)];
    if (taken.includes(key)) problems.add(keyAt, path, `The name ${quote(key)} is taken: give the service another`);
    return candidate(key, value, path, transport, problems);
  });
  const halves = (["rest", "websocket"] as const).flatMap((half) => {
    const draft = gateway.value?.[half] ?? null;
    if (draft === null) return [];
    return [{ ...candidate(GATEWAY[half], draft, gateway.path, transport, problems), gateway: true }];
  });
  const all = [...voice, ...own, ...halves];
  if (!isReadable(services.value)) return { kind: "unreadable" };
  if (all.length === 0) {
    const place = gateway.given ? gateway : grpc;
    const what = gateway.given ? '"rest_endpoints" or a "websocket"' : Object.keys(SERVICE_KINDS).join(", ");
    problems.add(place.at, place.path, `No service is given: expected at least one of ${what}`);
  }
  return { kind: "read", candidates: withOwnNames(all) };
}

function isReadable({ grpc, calls, gateway }: ServicesSettings): boolean {
  return [grpc, calls, gateway, ...Object.values(grpc.value)].every(({ valid }) => valid);
}

function candidate(
  name: string,
  { plan, weight, transparent_retry: retry, exchanges }: ServiceDraft,
  path: string,
  transport: TransportName,
  problems: Problems,
): Candidate {
  const { carrier, test_type } = PROTOCOL_FACTS[plan.protocol];
  const cannotRetry = retry === null || (carrier === "grpc" && transport === "grpc-js");
  if (retry !== null && cannotRetry && retry.given && retry.value) {
    const why =
      'The transport grpc-js does not retry calls: write "transparent_retry: false", or use the transport wire';
    problems.add(retry.at, retry.path, why);
  }
  return {
    plan: { ...plan, name, transparent_retry: !cannotRetry && retry.value },
    weight,
    exchanges: exchanges.map(({ name, weight }) => ({ name, operation: name, weight })),
    type: test_type,
    gateway: false,
    path,
  };
}

/** Reports distinguish exchanges by name: when services share a name, `@service` follows it. */
function withOwnNames(candidates: readonly Candidate[]): Candidate[] {
  const names = candidates.flatMap(({ exchanges }) => exchanges.map(({ name }) => name));
  return candidates.map((candidate) => {
    const { plan } = candidate;
    const own = (name: string) => names.filter((other) => other === name).length > 1 ? `${name}@${plan.name}` : name;
    const exchanges = candidate.exchanges.map((exchange) => ({ ...exchange, operation: own(exchange.name) }));
    return { ...candidate, exchanges, plan: { ...plan, settings: renamed(plan.settings, own) } };
  });
}

function renamed(settings: ProtocolSettings | null, own: (name: string) => string): ProtocolSettings | null {
  switch (settings?.protocol) {
    case "grpc":
      return { ...settings, exchanges: settings.exchanges.map((one) => ({ ...one, name: own(one.name) })) };
    case "rest":
      return { ...settings, exchanges: settings.exchanges.map((one) => ({ ...one, name: own(one.name) })) };
    case "websocket":
      return { ...settings, exchanges: settings.exchanges.map((one) => ({ ...one, name: own(one.name) })) };
    case "triton":
    case "riva":
    case "openai":
      return settings;
    case undefined:
      return null;
  }
}
