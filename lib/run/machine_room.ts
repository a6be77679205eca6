/** Whether this machine lets june-load open what a plan needs: files, connections, local ports. */
import { UserError } from "../plan/errors.ts";
import type { Plan, ServicePlan } from "../plan/plan.ts";
import { PROTOCOL_FACTS } from "../plan/protocol_facts.ts";
import { SHORTAGES } from "../plan/shortages.ts";
import { formatCount } from "../plan/units.ts";
import type { MachineLimits } from "../resources/limits.ts";

/** Descriptors of a worker and its alarm: two event loops. Measured with Deno 2.9.6: 13. */
const PER_WORKER = 13;
/** For the result, the samplers' files and pipes, the preflight and lazily loaded code. */
const SPARE = 12;
/** Where a simulator listens. */
const SIMULATOR_PORTS = 4;

/** What a plan needs. */
export interface Needs {
  /** Descriptors without any connection. */
  base: number;
  /** Descriptors that visitors of the live page may take; 0 where none is served. */
  page: number;
  /** Descriptors that a connection takes: one, or two where the simulator at its other end is in this process. */
  per_connection: 1 | 2;
  /** Most connections to each address, that of the proxy where there is one. */
  connections: ReadonlyMap<string, number>;
}

/**
 * Counts what a plan opens at most. Over HTTP/2 connections are shared, so their number is fixed; over HTTP/1.1 each call
 * in flight has one, and each user a WebSocket. How many calls of an open load are in flight the services decide, up to its
 * `max_in_flight`.
 * @param open descriptors that are open already
 * @param simulated the services are simulated in this process
 */
export function needsOf(plan: Plan, open: number, simulated: boolean, page = 0): Needs {
  const connections = new Map<string, number>();
  for (const service of plan.services) {
    const address = service.proxy?.address ?? service.address;
    connections.set(address, (connections.get(address) ?? 0) + connectionsOf(plan, service));
  }
  const threads = plan.workers + (simulated ? 1 : 0);
  const base = open + threads * PER_WORKER + metricsPagesOf(plan) + SPARE;
  return { base, page, per_connection: simulated ? 2 : 1, connections };
}

/** Each page of metrics has a connection: those that the plan names, and those beside its services. */
function metricsPagesOf({ services, resources: { pages = [], service_pages } }: Plan): number {
  const beside = services.filter(({ protocol }) => PROTOCOL_FACTS[protocol].metrics_pages.length > 0);
  return pages.length + (service_pages === false ? 0 : beside.length);
}

function connectionsOf(plan: Plan, service: ServicePlan): number {
  const tasks = plan.tasks.filter(({ services }) => services.includes(service.name));
  if (tasks.length === 0) return 0;
  const used = plan.loads.filter((_, index) => tasks.some((task) => task.load === index));
  const inFlight = used.reduce((sum, load) => sum + (load.kind === "closed" ? load.users : load.max_in_flight), 0);
  const all = service.connections * plan.workers;
  switch (PROTOCOL_FACTS[service.protocol].carrier) {
    case "grpc":
      return all;
    case "http":
      return service.settings !== null && "http_version" in service.settings && service.settings.http_version === "2"
        ? all
        : Math.min(all, inFlight);
    case "websocket":
      return inFlight;
  }
}

/**
 * Refuses a plan whose workers cannot even start: Deno aborts the whole process where a thread finds no descriptor.
 * @throws {UserError} kind `config`
 */
export function checkRoom({ workers }: Plan, { base }: Needs, { descriptors }: MachineLimits): void {
  if (descriptors === null || descriptors >= base) return;
  throw new UserError(
    "config",
    `june-load may open ${formatCount(descriptors)} files and connections, and needs ${formatCount(base)} for ${
      formatCount(workers)
    } worker${workers === 1 ? "" : "s"} alone (EMFILE): ${SHORTAGES.EMFILE.remedy}`,
  );
}

/**
 * Refuses a simulator on its own whose worker cannot start, as `checkRoom` does.
 * @throws {UserError} kind `config`
 */
export function checkSimulatorRoom({ descriptors, open }: MachineLimits): void {
  const needed = (open ?? 0) + PER_WORKER + SIMULATOR_PORTS;
  if (descriptors === null || descriptors >= needed) return;
  throw new UserError(
    "config",
    `june-load may open ${formatCount(descriptors)} files and connections, and needs ${
      formatCount(needed)
    } for the simulator alone (EMFILE): ${SHORTAGES.EMFILE.remedy}`,
  );
}

/** Whether a plan may need more descriptors than it may have. */
export function isScarce(needs: Needs, { descriptors }: MachineLimits): boolean {
  return descriptors !== null && allOf(needs) > descriptors;
}

/**
 * Why this machine has no room for a changed plan, where it has for the one before; null: it has, or had none before.
 */
export function whyNoRoom(before: Needs, after: Needs, limits: MachineLimits): string | null {
  const [had, has] = [roomWarnings(before, limits), roomWarnings(after, limits)];
  return has.length > had.length ? has.join("; ") : null;
}

function allOf({ base, page, per_connection, connections }: Needs): number {
  return [...connections.values()].reduce((sum, count) => sum + count * per_connection, base + page);
}

/** Warnings for a plan that may need more connections than this machine lets it open. */
export function roomWarnings(needs: Needs, limits: MachineLimits): string[] {
  const { descriptors, ports } = limits;
  const warnings: string[] = [];
  if (isScarce(needs, limits)) {
    warnings.push(
      `this plan needs up to ${formatCount(allOf(needs))} files and connections, and june-load may open ${
        formatCount(descriptors ?? 0)
      } (EMFILE): ${SHORTAGES.EMFILE.remedy}`,
    );
  }
  for (const [address, count] of needs.connections) {
    if (ports === null || count === 0 || address.startsWith("unix:")) continue;
    const taken = ports.takenFor(Number(/:(\d+)$/.exec(address)?.[1]));
    if (count <= ports.all - taken) continue;
    const inUse = taken === 0 ? "" : `, ${formatCount(taken)} of which are in use`;
    warnings.push(
      `this plan needs up to ${formatCount(count)} connections to ${address}, and this machine has ${
        formatCount(ports.all)
      } local ports for them${inUse} (EADDRNOTAVAIL): ${SHORTAGES.EADDRNOTAVAIL.remedy}`,
    );
  }
  return warnings;
}
