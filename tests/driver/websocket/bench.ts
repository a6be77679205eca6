/** A WebSocket service on the workbench. */
import type { OpenService, OperationEnd, RunningOperation, UserIdentity } from "../../../lib/driver/driver.ts";
import { openWebSocketService } from "../../../lib/driver/websocket/open.ts";
import type { ServicePlan, TaskPlan } from "../../../lib/plan/plan.ts";
import type { WebSocketExchange, WebSocketSettings } from "../../../lib/plan/protocols.ts";
import { CallMarks, REAL_CLOCK } from "../call_marks.ts";
import { callStart } from "../call_start.ts";

/** The task of the exchange named `call`. */
export const CALL_TASK: TaskPlan = { name: "call", operation: "call", services: ["ws"], load: 0, weight: 1 };

/** Sends `hello` and takes the next message as its answer. */
export const HELLO: WebSocketExchange = { name: "call", send: { kind: "text", text: "hello" }, reply: [] };

/** A service plan with the defaults that tests start from. */
export function socketService(
  address: string,
  settings: Partial<WebSocketSettings> = {},
  more: Partial<ServicePlan> = {},
): ServicePlan {
  return {
    name: "ws",
    kind: "call",
    protocol: "websocket",
    settings: {
      protocol: "websocket",
      path: "/ws",
      exchanges: [HELLO],
      ping_ms: null,
      sessions: "per_exchange",
      ...settings,
    },
    address,
    connections: 1,
    timeout_ms: 5000,
    transparent_retry: false,
    metadata: [],
    tls: null,
    inputs: [],
    options: { kind: "call" },
    ...more,
  };
}

/** A call under way. */
export interface Started {
  marks: CallMarks;
  running: RunningOperation;
}

/** Starts one exchange. */
export function start(service: OpenService, user: UserIdentity | null = null): Started {
  const marks = new CallMarks();
  return {
    marks,
    running: service.operation(CALL_TASK, { kind: "call" }).start(callStart(REAL_CLOCK, marks, { user })),
  };
}

/** Starts one exchange and waits for its end. */
export async function call(
  service: OpenService,
  user: UserIdentity | null = null,
): Promise<OperationEnd & { names: string[] }> {
  const { marks } = start(service, user);
  return { ...await marks.over, names: marks.names };
}

/** Opens a service for the time of `body`. */
export async function withSocket(plan: ServicePlan, body: (service: OpenService) => Promise<void>): Promise<void> {
  const service = await openWebSocketService(plan);
  try {
    await body(service);
  } finally {
    await service.close();
  }
}
