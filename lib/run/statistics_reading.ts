/** Adds the servers' own statistics to the result, before the load and after it. */
import type { CreateObserver } from "./observer.ts";
import { openServerStatistics, type ServerStatistics } from "./server_statistics.ts";

/** Reads the statistics of every service that has them. */
export const readStatistics: CreateObserver = (session) => {
  let statistics: ServerStatistics | null = null;
  const read = async (when: "before" | "after") => {
    for (const record of await statistics?.read(when, session.now_ms()) ?? []) session.keep(record);
  };
  return {
    async before() {
      statistics = await openServerStatistics(session.plan);
      await read("before");
    },
    async finish() {
      await read("after");
      await statistics?.close();
    },
  };
};
