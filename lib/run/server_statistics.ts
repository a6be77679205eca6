/** What servers count of their own work, read before and after a run over connections of its own. */
import { openDriver } from "../driver/registry.ts";
import type { OpenService } from "../driver/driver.ts";
import type { Plan } from "../plan/plan.ts";
import { PROTOCOL_FACTS } from "../plan/protocol_facts.ts";
import type { EventRecord, ServiceStatisticsRecord } from "../result/record.ts";
import { loadTransport } from "../transport/registry.ts";

/** Servers that can be asked. */
export interface ServerStatistics {
  /** One record a service; an event for each that does not answer: that is no reason to end a run. */
  read(when: "before" | "after", t_ms: number): Promise<(ServiceStatisticsRecord | EventRecord)[]>;
  close(): Promise<void>;
}

/** Opens what the plan calls and counts; nothing is sent before `read`. */
export async function openServerStatistics(plan: Plan): Promise<ServerStatistics> {
  const counting = plan.services.filter(({ name, protocol }) =>
    PROTOCOL_FACTS[protocol].server_statistics && plan.tasks.some(({ services }) => services.includes(name))
  );
  const open = await loadTransport(plan.transport);
  const opened = await Promise.all(counting.map(async (service) => ({
    name: service.name,
    // What cannot be opened is told when it is read: the pools have opened the same, and the run goes on.
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
  const text = `Service ${name} told nothing of its own work ${when} the run`;
  return { type: "event", t_ms, kind: "no_server_statistics", text };
}
