/** Pages of metrics on real sockets, and a session that reads them. */
import type { ServiceSample } from "../../lib/measure/resource.ts";
import type { MetricsPagePlan } from "../../lib/plan/metrics_page.ts";
import type { Plan } from "../../lib/plan/plan.ts";
import type { EventRecord, ResultRecord } from "../../lib/result/record.ts";
import { Run } from "../../lib/result/run.ts";
import { readPages } from "../../lib/run/metrics_pages.ts";
import { makeHeader, makePlan } from "../result/make_run.ts";

/** What a session kept. */
export interface Kept {
  samples: ServiceSample[];
  events: EventRecord[];
  /** Resolves once something holds; rejects after half a minute. */
  until(holds: (kept: Kept) => boolean): Promise<void>;
  /** As the session does when its last call has ended. */
  finish(): Promise<void>;
}

/** A session of a plan that reads pages, from the begin of its load. */
export function reading(plan: Plan): Kept {
  const start_ms = performance.now();
  const waiting = new Set<() => void>();
  const kept: Kept = {
    samples: [],
    events: [],
    until: (holds) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`Only these came: ${JSON.stringify([kept.events, kept.samples.slice(-3)])}`));
        }, 30_000);
        const look = () => {
          if (!holds(kept)) return;
          clearTimeout(late);
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    finish: () => observer.finish?.() ?? Promise.resolve(),
  };
  const observer = readPages({
    plan,
    run: new Run(makeHeader(plan)),
    now_ms: () => performance.now() - start_ms,
    keep(record: ResultRecord) {
      if (record.type === "service") kept.samples.push(record);
      if (record.type === "event") kept.events.push(record);
      for (const look of [...waiting]) look();
    },
    end() {},
  });
  observer.begin?.();
  return kept;
}

/** A plan that reads one page, fast, and looks for no others. */
export function planOf(address: string, change: Partial<MetricsPagePlan> = {}, more: Partial<Plan> = {}): Plan {
  const page: MetricsPagePlan = {
    name: "gpus",
    address,
    path: "/metrics",
    tls: null,
    headers: [],
    interval_ms: 30,
    timeout_ms: 10_000,
    ...change,
  };
  return makePlan({
    resources: { cpu: false, memory: false, gpu: false, pages: [page], service_pages: false },
    ...more,
  });
}

/** A request that came. */
export interface Asked {
  url: string;
  headers: Headers;
}

/** Serves whatever `answer` says, and what was asked. */
export async function withPage(
  answer: (request: Request) => Response | Promise<Response>,
  body: (address: string, asked: readonly Asked[]) => Promise<void>,
  tls: { cert: string; key: string } | null = null,
): Promise<void> {
  const stop = new AbortController();
  const asked: Asked[] = [];
  const server = Deno.serve(
    {
      hostname: "127.0.0.1",
      port: 0,
      signal: stop.signal,
      onListen: () => {},
      onError: () => new Response(),
      ...tls ?? {},
    },
    (request) => {
      asked.push({ url: request.url, headers: new Headers(request.headers) });
      return answer(request);
    },
  );
  try {
    await body(`127.0.0.1:${server.addr.port}`, asked);
  } finally {
    stop.abort();
    await server.finished;
  }
}

/** A server that takes connections and does with each what `serve` says. */
export async function withSocket(
  serve: (socket: Deno.TcpConn) => Promise<void>,
  body: (address: string) => Promise<void>,
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const sockets = new Set<Deno.TcpConn>();
  const accepting = (async () => {
    for await (const socket of listener) {
      sockets.add(socket);
      void serve(socket).catch(() => {});
    }
  })().catch(() => {});
  try {
    await body(`127.0.0.1:${listener.addr.port}`);
  } finally {
    listener.close();
    for (const socket of sockets) {
      try {
        socket.close();
      } catch {
        // The other side was first.
      }
    }
    await accepting;
  }
}
