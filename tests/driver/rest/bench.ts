/** A REST service on the workbench, before node's HTTP server. */
import type http from "node:http";
import { openRest } from "../../../lib/driver/rest/open.ts";
import type { OpenService, OperationEnd } from "../../../lib/driver/driver.ts";
import type { RestExchange, RestSettings } from "../../../lib/plan/protocols.ts";
import type { ServicePlan, TaskPlan } from "../../../lib/plan/plan.ts";
import { withServer } from "../../transport/http/peers.ts";
import { CallMarks, REAL_CLOCK } from "../call_marks.ts";
import { callStart } from "../call_start.ts";

/** A service plan with the defaults that tests start from. */
export function restService(
  address: string,
  exchanges: Partial<RestExchange>[],
  settings: Partial<RestSettings> = {},
  more: Partial<ServicePlan> = {},
): ServicePlan {
  return {
    name: "shop",
    kind: "call",
    protocol: "rest",
    settings: {
      protocol: "rest",
      base_path: "",
      http_version: "1.1",
      login_path: null,
      exchanges: exchanges.map(exchange),
      ...settings,
    },
    address,
    connections: 4,
    timeout_ms: 5000,
    transparent_retry: false,
    metadata: [],
    tls: null,
    inputs: [],
    options: { kind: "call" },
    ...more,
  };
}

function exchange(given: Partial<RestExchange>): RestExchange {
  return {
    name: "call",
    method: "GET",
    path: "/",
    headers: [],
    requires_auth: false,
    body: null,
    statuses: [],
    checks: [],
    ...given,
  };
}

/** The task of the exchange named `call`. */
export const CALL_TASK: TaskPlan = { name: "call", operation: "call", services: ["shop"], load: 0, weight: 1 };

/** Starts one call of an exchange and waits for its end. */
export async function call(service: OpenService, operation = "call"): Promise<OperationEnd & { names: string[] }> {
  const marks = new CallMarks();
  service.operation({ ...CALL_TASK, operation }, { kind: "call" }).start(callStart(REAL_CLOCK, marks));
  return { ...await marks.over, names: marks.names };
}

/** Opens a service for the time of `body`. */
export async function withRest(plan: ServicePlan, body: (service: OpenService) => Promise<void>): Promise<void> {
  const service = await openRest(plan);
  try {
    await body(service);
  } finally {
    await service.close();
  }
}

/** What a server was sent. */
export interface Seen {
  method: string;
  path: string;
  headers: http.IncomingHttpHeaders;
  body: Uint8Array;
}

/** Gives the answer to a request. */
export type Answer = (seen: Seen) => { status?: number; headers?: http.OutgoingHttpHeaders; body?: string };

/** A server that writes down what it is sent, for the time of `body`. */
export async function withSeen(
  answer: Answer,
  body: (address: string, seen: Seen[]) => Promise<void>,
): Promise<void> {
  const all: Seen[] = [];
  await withServer((request, response) => {
    const chunks: Uint8Array[] = [];
    request.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    request.on("end", async () => {
      const bytes = await new Response(new Blob(chunks.map((chunk) => new Uint8Array(chunk)))).bytes();
      const seen = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body: bytes };
      all.push(seen);
      const { status = 200, headers = {}, body: text = "" } = answer(seen);
      response.writeHead(status, headers).end(text);
    });
  }, (address) => body(address, all));
}

/** Starts one exchange against a server that answers so, once. */
export async function answered(answer: Answer, given: Partial<RestExchange> = {}) {
  let end: Awaited<ReturnType<typeof call>> | null = null;
  let request: Seen | null = null;
  await withSeen(answer, async (address, seen) => {
    await withRest(restService(address, [given]), async (service) => {
      end = await call(service);
      request = seen[0] ?? null;
    });
  });
  if (end === null) throw new Error("The call never ended");
  return { end: end as Awaited<ReturnType<typeof call>>, request: request as Seen | null };
}

/** Bytes as text. */
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
