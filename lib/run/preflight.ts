/** Before any load: is every service there, and does it say that it is well? */
import type { Health } from "../driver/driver.ts";
import { openDriver } from "../driver/registry.ts";
import { UserError } from "../plan/errors.ts";
import type { Plan, ServicePlan } from "../plan/plan.ts";
import { PROTOCOL_FACTS } from "../plan/protocol_facts.ts";
import type { ServiceRecord } from "../result/record.ts";
import { ConnectError, type OpenChannel } from "../transport/channel.ts";
import { loadTransport } from "../transport/registry.ts";
import { findOtherProtocol } from "./other_protocol.ts";

/** Longest a health check may take; milliseconds. */
const HEALTH_TIMEOUT_MS = 5000;

/** What was found of one service. */
export interface ServiceCheck extends ServiceRecord {
  /** `unreachable` besides the states of a health check. */
  state: "serving" | "unhealthy" | "connected" | "failed" | "unreachable";
  /** What was tried, e.g. `TCP connect` or the name of a health method. */
  tried: string;
  /** What to do about it; empty when nothing needs doing. */
  remedy: string;
  took_ms: number;
}

/** A sign for each state. */
export const MARKS: Readonly<Record<ServiceCheck["state"], string>> = {
  serving: "✓",
  connected: "✓",
  unhealthy: "!",
  failed: "✕",
  unreachable: "✕",
};

/**
 * Reaches every service of the plan and asks its health, all at once.
 * @throws {UserError} for TLS files that cannot be read
 */
export async function checkServices(plan: Plan): Promise<ServiceCheck[]> {
  const open = await loadTransport(plan.transport);
  return await Promise.all(plan.services.map((service) => checkService(service, open)));
}

/**
 * The same, for looking only: what a service lets nobody begin with (a method that is not described, a model that is not
 * there) is what was found of it.
 * @throws {UserError} kind `input` for TLS files that cannot be read
 */
export async function lookAtServices(plan: Plan): Promise<ServiceCheck[]> {
  const open = await loadTransport(plan.transport);
  return await Promise.all(plan.services.map((service) =>
    checkService(service, open).catch((error): ServiceCheck => {
      if (!(error instanceof UserError) || error.kind === "input") throw error;
      const { name, address } = service;
      const details = error.message.replace(`Service ${name} at ${address}: `, "").replace(`Service ${name}: `, "");
      return { name, address, state: "failed", tried: "connect", details, remedy: "", took_ms: 0 };
    })
  ));
}

async function checkService(service: ServicePlan, open: OpenChannel): Promise<ServiceCheck> {
  const { name, address } = service;
  const begun_ms = performance.now();
  const took = () => Math.round(performance.now() - begun_ms);
  const opened = await openDriver({ ...service, connections: 1 }, open);
  try {
    await opened.connect();
    const timeout_ms = Math.min(HEALTH_TIMEOUT_MS, service.timeout_ms);
    const health = await opened.health(timeout_ms);
    const other = isGenericAnswer(service, health) ? await findOtherProtocol(service, open, timeout_ms) : null;
    const found: Health = other === null ? health : { ...health, ...other, state: "failed" };
    const { state, details, remedy = remedyFor(service, found) } = found;
    return { name, address, state, tried: health.asked, details, remedy, took_ms: took() };
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    const { message: details, remedy } = error;
    return { name, address, state: "unreachable", tried: "connect", details, remedy, took_ms: took() };
  } finally {
    await opened.close();
  }
}

/** Whether the service was not heard in its own protocol: Triton's standard health calls any service well, June's too. */
function isGenericAnswer({ protocol }: ServicePlan, { state, standard }: Health): boolean {
  if (!PROTOCOL_FACTS[protocol].generic_health) return false;
  return state === "connected" || state === "failed" || standard === true;
}

function remedyFor({ kind, protocol, address }: ServicePlan, { state }: Health): string {
  if (state === "unhealthy") return "The load goes on; look at the service's own log";
  if (state !== "failed") return "";
  return kind === "call"
    ? `Check that what listens at ${address} speaks ${protocol}, and its own log`
    : `Check that a ${protocol} ${kind} service listens at ${address}`;
}

/** Whether load may be sent: a service that says it is unhealthy is a warning, one that is not there is not. */
export function mayStart(checks: readonly ServiceCheck[]): boolean {
  return checks.every(({ state }) => state !== "unreachable" && state !== "failed");
}

/** One message for all services that stand in the way. */
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
    "Run `june-load check` to look again, or `--no-preflight` to start all the same.",
  ].join("\n");
}
