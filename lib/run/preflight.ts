/** Preflight: connects to every service and checks its health before any load. */
import type { Health } from "../driver/driver.ts";
import { openDriver } from "../driver/registry.ts";
import { UserError } from "../plan/errors.ts";
import type { Plan, ServicePlan } from "../plan/plan.ts";
import { PROTOCOL_FACTS } from "../plan/protocol_facts.ts";
import { SHORTAGES } from "../plan/shortages.ts";
import type { ServiceRecord } from "../result/record.ts";
import { countAddresses } from "../transport/addresses.ts";
import { ConnectError, LocalShortage, type OpenChannel } from "../transport/channel.ts";
import { loadTransport } from "../transport/registry.ts";
import { findOtherProtocol } from "./other_protocol.ts";

/** Longest time for a health check; milliseconds. */
const HEALTH_TIMEOUT_MS = 5000;

/** Longest time for a trial, in which a server may have to load a model; milliseconds. */
const TRIAL_TIMEOUT_MS = 15_000;

/** The check of one service. */
export interface ServiceCheck extends ServiceRecord {
  /** `unreachable` besides the states of a health check. */
  state: Health["state"] | "unreachable";
  /** The last attempt, e.g. `TCP connect` or the name of a health method. */
  tried: string;
  /** What the user can do; empty when all is well. */
  remedy: string;
  took_ms: number;
  /** Sample rate of its raw PCM, where the scenario leaves it to the server; Hz. */
  sample_rate_hz?: number;
}

/** A sign for each state. */
export const MARKS: Readonly<Record<ServiceCheck["state"], string>> = {
  serving: "✓",
  connected: "✓",
  unhealthy: "!",
  doubtful: "!",
  failed: "✕",
  unreachable: "✕",
};

/**
 * Connects to all services of the plan at once and checks their health.
 * @throws {UserError} for TLS files that cannot be read, and where this machine lacks something for a connection
 */
export async function checkServices(plan: Plan): Promise<ServiceCheck[]> {
  const open = await loadTransport(plan.transport);
  return await Promise.all(plan.services.map((service) => checkService(service, open)));
}

/**
 * The same without a run after it, and with one small call to each service whose protocol has such a trial: an error of a service itself (a method without a description, a missing model) becomes
 * a failed check of that service.
 * @throws {UserError} kind `input` for TLS files that cannot be read
 */
export async function lookAtServices(plan: Plan): Promise<ServiceCheck[]> {
  const open = await loadTransport(plan.transport);
  return await Promise.all(
    plan.services.map((service) =>
      checkService(service, open, true).catch((error): ServiceCheck => {
        if (!(error instanceof UserError) || error.kind === "input") throw error;
        const { name, address } = service;
        const details = error.message.replace(`Service ${name} at ${address}: `, "").replace(`Service ${name}: `, "");
        return { name, address, state: "failed", tried: "connect", details, remedy: "", took_ms: 0 };
      })
    ),
  );
}

/** @param tries makes one small call too, where the protocol has one */
async function checkService(service: ServicePlan, open: OpenChannel, tries = false): Promise<ServiceCheck> {
  const { name, address } = service;
  const begun_ms = performance.now();
  const took = () => Math.round(performance.now() - begun_ms);
  const several = await severalAddresses(service);
  const opened = await openDriver({ ...service, connections: 1 }, open);
  try {
    await opened.connect();
    const timeout_ms = Math.min(HEALTH_TIMEOUT_MS, service.timeout_ms);
    const asked = await opened.health(timeout_ms);
    const isWell = asked.state !== "failed" && asked.state !== "unhealthy";
    const tried = tries && isWell
      ? await opened.trial?.(asked, Math.min(TRIAL_TIMEOUT_MS, service.timeout_ms))
      : undefined;
    const health = tried ?? asked;
    const other = isGenericAnswer(service, health) ? await findOtherProtocol(service, open, timeout_ms) : null;
    const found: Health = other === null ? health : { ...health, ...other, state: "failed" };
    const { state, details, remedy = remedyFor(service, found) } = found;
    const rate = found.sample_rate_hz === undefined ? {} : { sample_rate_hz: found.sample_rate_hz };
    return { name, address, state, tried: health.asked, details, remedy, took_ms: took(), ...several, ...rate };
  } catch (error) {
    // The service cannot help that this machine lacks something.
    if (error instanceof LocalShortage) {
      throw new UserError("config", `${error.message}: ${SHORTAGES[error.errno].remedy}`);
    }
    if (!(error instanceof ConnectError)) throw error;
    const { message: details, remedy } = error;
    return { name, address, state: "unreachable", tried: "connect", details, remedy, took_ms: took(), ...several };
  } finally {
    await opened.close();
  }
}

/** The number of addresses, where connections are spread over several; a proxy looks up the name itself. */
async function severalAddresses({ address, addresses, proxy }: ServicePlan): Promise<{ addresses?: number }> {
  if (addresses === "pick_first" || proxy !== undefined) return {};
  const count = await countAddresses(address);
  return count > 1 ? { addresses: count } : {};
}

/** `3 addresses` where connections are spread over them; empty for one. */
export const addressesText = ({ addresses }: ServiceRecord): string =>
  addresses === undefined ? "" : `${addresses} addresses`;

/** Whether the service has not answered in its own protocol: Triton's standard health reports any service as healthy. */
function isGenericAnswer({ protocol }: ServicePlan, { state, standard }: Health): boolean {
  if (!PROTOCOL_FACTS[protocol].generic_health) return false;
  return state === "connected" || state === "failed" || standard === true;
}

function remedyFor({ kind, protocol, address }: ServicePlan, { state }: Health): string {
  if (state === "unhealthy" || state === "doubtful") return "The run continues; check the service's own log";
  if (state !== "failed") return "";
  return kind === "call"
    ? `Check that the server at ${address} speaks ${protocol}, and check its log`
    : `Check that a ${protocol} ${kind} service listens at ${address}`;
}

/** Whether load may be sent: what is unhealthy or doubtful is only a warning, an unreachable service stops the run. */
export function mayStart(checks: readonly ServiceCheck[]): boolean {
  return checks.every(({ state }) => state !== "unreachable" && state !== "failed");
}

/** The warning about a service that load is sent to all the same; null: none is needed. */
export function warningOf({ name, address, state, details, remedy }: ServiceCheck): string | null {
  switch (state) {
    case "unhealthy":
      return `${name} (${address}) says it is not healthy: ${details}. ${remedy}.`;
    case "doubtful":
      return `${name} (${address}): ${details}. ${remedy}.`;
    case "serving":
    case "connected":
    case "failed":
    case "unreachable":
      return null;
  }
}

/** The plan with the sample rates that the services told. */
export function withRates(plan: Plan, checks: readonly ServiceCheck[]): Plan {
  const rates = new Map(checks.map(({ name, sample_rate_hz }) => [name, sample_rate_hz]));
  const services = plan.services.map((service): ServicePlan => {
    const { settings, name } = service;
    const sample_rate_hz = rates.get(name);
    if (sample_rate_hz === undefined || settings === null || !("audio_format" in settings)) return service;
    return { ...service, settings: { ...settings, sample_rate_hz } };
  });
  return { ...plan, services };
}

/** One message for all services that prevent the run. */
export function describeObstacles(checks: readonly ServiceCheck[]): string {
  const lines = checks.filter(({ state }) => state === "unreachable" || state === "failed").map((check) => {
    const what = `${check.name} (${check.address}): ${check.details}\n    tried: ${check.tried}`;
    return check.remedy === "" ? what : `${what}\n    try: ${check.remedy}`;
  });
  return [
    `Cannot start: ${lines.length} of ${checks.length} services ${
      lines.length === 1 ? "is" : "are"
    } not ready; no load was sent.`,
    ...lines.map((line) => `  ${line}`),
    "Run `june-load check` to check again, or use `--no-preflight` to start anyway.",
  ].join("\n");
}
