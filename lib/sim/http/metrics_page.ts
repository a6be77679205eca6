/** The simulator's page of metrics, in Prometheus' text format. */
import type { QueueStats } from "../model/slot_queue.ts";
import type { Route } from "./server.ts";

/** What one service counts. */
export interface ServiceCounts {
  /** Its name on the page. */
  kind: string;
  slots: number;
  queue: QueueStats;
}

const METRICS: readonly [name: string, type: string, help: string, read: (counts: ServiceCounts) => number][] = [
  ["requests_running", "gauge", "Requests being served.", ({ queue }) => queue.busy],
  ["requests_waiting", "gauge", "Requests waiting for a slot.", ({ queue }) => queue.waiting],
  ["slots", "gauge", "Requests served at once.", ({ slots }) => slots],
  [
    "requests_refused_total",
    "counter",
    "Requests refused because the queue was full.",
    ({ queue }) => queue.refused_total,
  ],
];

/** `/metrics`, of all services. */
export function metricsRoute(read: () => readonly ServiceCounts[]): Route {
  return {
    method: "GET",
    path: /^\/metrics$/,
    answer: () => new Response(pageOf(read()), { headers: { "content-type": "text/plain; version=0.0.4" } }),
  };
}

function pageOf(all: readonly ServiceCounts[]): string {
  const lines = METRICS.flatMap(([name, type, help, valueOf]) => [
    `# HELP june_load_sim_${name} ${help}`,
    `# TYPE june_load_sim_${name} ${type}`,
    ...all.map((counts) => `june_load_sim_${name}{service="${counts.kind}"} ${valueOf(counts)}`),
  ]);
  return `${lines.join("\n")}\n`;
}
