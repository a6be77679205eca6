/** Calls to a real Triton through the driver, one by one. */
import type { OpenService, OperationEnd, RunningOperation } from "../../../lib/driver/driver.ts";
import type { Inputs } from "../../../lib/driver/inputs/inputs.ts";
import { openDriver } from "../../../lib/driver/registry.ts";
import type { LlmOptions, ServicePlan } from "../../../lib/plan/plan.ts";
import type { TritonSettings } from "../../../lib/plan/protocols.ts";
import type { TaskName } from "../../../lib/plan/tasks.ts";
import { PoolClock } from "../../../lib/pool/clock.ts";
import type { OpenChannel } from "../../../lib/transport/channel.ts";
import { SERVICES } from "../../driver/workbench.ts";
import { task } from "../../plans.ts";
import { callStart } from "../../driver/call_start.ts";

/** What a test may vary. */
export interface ClientSetup {
  model?: string;
  settings?: Partial<TritonSettings>;
  options?: Partial<LlmOptions>;
  timeout_ms?: number;
}

/** A service of the server at `target`. */
export function tritonService(target: string, setup: ClientSetup = {}): ServicePlan {
  const { model = "words", settings, options, timeout_ms = 20_000 } = setup;
  const common = { version: "", streams: "per_request", inputs: null, text_output: "text_output" } as const;
  return {
    ...SERVICES.llm,
    protocol: "triton",
    address: target,
    timeout_ms,
    settings: { protocol: "triton", model, ...common, ...settings },
    options: { kind: "llm", max_tokens: 5, temperature: 1, system: "", ...options },
  };
}

/** Opens it and reads its model; closed after `body`. */
export async function withTriton(
  service: ServicePlan,
  open: OpenChannel,
  body: (opened: OpenService) => Promise<void>,
): Promise<void> {
  const opened = await openDriver(service, open);
  try {
    await opened.connect();
    await body(opened);
  } finally {
    await opened.close();
  }
}

const clock = new PoolClock(performance.now());

/** A call in flight. */
export interface Call {
  running: RunningOperation;
  /** Pieces of the answer so far. */
  pieces: string[];
  /** The first piece has come. */
  first: Promise<void>;
  end: Promise<OperationEnd>;
}

/** Starts a task with a prompt. */
export function call(opened: OpenService, name: TaskName, prompt: string): Call {
  const inputs: Inputs = { kind: "llm", prompts: [prompt], chats: [[{ role: "user", content: prompt }]] };
  const pieces: string[] = [];
  const first = Promise.withResolvers<void>();
  const end = Promise.withResolvers<OperationEnd>();
  const running = opened.operation(task(name), inputs).start(callStart(clock, {
    sent() {},
    speechEnd() {},
    content: () => first.resolve(),
    paced() {},
    text: (piece) => void pieces.push(piece),
    end: (result) => end.resolve(result),
  }));
  return { running, pieces, first: first.promise, end: end.promise };
}
