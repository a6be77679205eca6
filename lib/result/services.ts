/** The services whose processes are read, on whichever machine. */
import type { ProcessSample } from "../measure/resource.ts";
import type { Run } from "./run.ts";

/** One service of the plan. */
export interface WatchedService {
  name: string;
  /** The other machine it runs on; null: the one that makes the load. */
  host: string | null;
}

/** All of them: those of this machine first. */
export function watchedServices({ plan: { resources } }: Pick<Run, "plan">): WatchedService[] {
  const here = (resources.processes ?? []).map(({ name }) => ({ name, host: null }));
  const there = (resources.remote ?? []).flatMap(({ name: host, processes = [] }) =>
    processes.map(({ name }) => ({ name, host }))
  );
  return [...here, ...there];
}

/** One reading of a service; null: it was not read then. */
export interface ServiceReading {
  t_ms: number;
  read: ProcessSample | null;
}

/** All readings of the machine that a service runs on, with what they have of it; none of a name that no service has. */
export function serviceReadings(run: Pick<Run, "plan" | "host" | "remote">, name: string): ServiceReading[] {
  const service = watchedServices(run).find((one) => one.name === name);
  if (service === undefined) return [];
  return [...service.host === null ? run.host : run.remote.of(service.host)].map(({ t_ms, processes = [] }) => ({
    t_ms,
    read: processes.find((one) => one.name === name) ?? null,
  }));
}
