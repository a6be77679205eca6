/** The servers' own statistics, read before and after a run over separate connections. */
import { openDriver } from "../driver/registry.ts";
import type { OpenService } from "../driver/driver.ts";
import type { Plan } from "../plan/plan.ts";
import { PROTOCOL_FACTS } from "../plan/protocol_facts.ts";
import type { EventRecord, ServiceStatisticsRecord } from "../result/record.ts";
import { loadTransport } from "../transport/registry.ts";

/** Servers with statistics. */
export interface ServerStatistics {
  /** One record per service, or an event for a service that does not answer, which does not end the run. */
  read(when: "before" | "after", t_ms: number): Promise<(ServiceStatisticsRecord | EventRecord)[]>;
  close(): Promise<void>;
}

/** Opens the plan's services that have statistics; sends nothing before `read`. */
export async function openServerStatistics(plan: Plan): Promise<ServerStatistics> {
  const counting = plan.services.filter(({ name, protocol }) =>
    PROTOCOL_FACTS[protocol].server_statistics && plan.tasks.some(({ services }) => services.includes(name))
  );
  const open = await loadTransport(plan.transport);
  const opened = await Promise.all(counting.map(async (service) => ({
    name: service.name,
    // The next read reports a service that cannot be opened. The pools have opened the same service, so the run continues.
    service: await openDriver({ ...service, connections: 1 }, open).catch(() => null),
  })));
  return {
    read: (when, t_ms) => Promise.all(opened.map(({ name, service }) => readOne(name, service, when, t_ms))),
    close: async () => void await Promise.all(opened.map(({ service }) => service?.close())),
  };
}

async function readOne(
  name: string,
  service: OpenService | null,
  when: "before" | "after",
  t_ms: number,
): Promise<ServiceStatisticsRecord | EventRecord> {
  const models = await service?.serverStatistics?.() ?? null;
  if (models !== null) return { type: "service_statistics", t_ms, service: name, when, models };
  const text = `Service ${name} did not send its statistics ${when} the run`;
  return { type: "event", t_ms, kind: "no_server_statistics", text };
}
