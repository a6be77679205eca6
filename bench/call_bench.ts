/** What june-load adds to a call, piece by piece, with no network: `deno task bench`. */
import { generate } from "../lib/driver/june/llm.ts";
import { bindTask } from "../lib/driver/rpc/task.ts";
import type { Operation } from "../lib/driver/driver.ts";
import { Histogram } from "../lib/measure/histogram.ts";
import type { LlmOptions, ServicePlan } from "../lib/plan/plan.ts";
import { PoolClock } from "../lib/pool/clock.ts";
import { Recorder } from "../lib/pool/recorder.ts";
import { User } from "../lib/pool/user.ts";
import { GeneratorWatch } from "../lib/pool/generator_watch.ts";
import { WeightedChoice } from "../lib/schedule/choice.ts";
import { randomStream } from "../lib/schedule/random.ts";
import type { CallEvents, Channel, Status } from "../lib/transport/channel.ts";
import * as llm from "../proto/llm.ts";
import { task } from "../tests/plans.ts";

const OK: Status = { code: 0, details: "", origin: "server", trailers: [] };
const CALL = { write: () => true, halfClose() {}, cancel() {} };

/** Events of the calls in flight; whoever holds them decides when replies come. */
const open: CallEvents[] = [];
const channel = {
  method: () => ({
    start(_request: unknown, _timeout_ms: number, events: CallEvents) {
      events.sent();
      open.push(events);
      return CALL;
    },
  }),
} as unknown as Channel;

const options: LlmOptions = { kind: "llm", max_tokens: 128, temperature: 0.7, system: "" };
const service = { name: "llm", kind: "llm", timeout_ms: 30_000, metadata: [], options } as unknown as ServicePlan;

function startUser(operation: Operation): void {
  const clock = new PoolClock(0);
  const recorder = new Recorder(clock, [{ name: "hold", load: 0, start_ms: 0, end_ms: Infinity, warm_up: false }]);
  const context = {
    clock,
    recorder,
    watch: new GeneratorWatch(clock),
    seed: 1,
    load: 0,
    operations: [operation],
    choice: new WeightedChoice([1]),
    partners: null,
    think_time: { kind: "constant", value_ms: 0 },
    start: "at_once",
    after_failure_us: 0,
    gate: { until_us: Infinity, paused_us: Infinity },
  } as const;
  new User(context, 1, randomStream(1, 1)).resume(0);
}

const text = "x".repeat(56);
const response = llm.GenerationResponse.encode({ text, tokens_generated: 16 });
const chunk = llm.GenerationChunk.encode({ token: text, index: 100 });
const token = llm.GenerationChunk.encode({ token: " word", index: 100 });

startUser(generate(bindTask(task("llm.generate"), service, channel), options, ["Hello"], false));

Deno.bench("a unary call: user, driver, decoding, four histograms", () => {
  const events = open.pop() as CallEvents;
  events.message(response);
  events.end(OK);
});

startUser(generate(bindTask(task("llm.generate_stream"), service, channel), options, ["Hello"], true));
const stream = open.pop() as CallEvents;

Deno.bench("a message of a stream, 64 bytes: decoding, words, its gap", () => stream.message(chunk));

Deno.bench("a message of a stream, one word", () => stream.message(token));

Deno.bench("read a chunk of 64 bytes in place", () => llm.generationChunks.read(chunk));

Deno.bench("decode a chunk of 64 bytes", () => void llm.GenerationChunk.decode(chunk));

const histogram = new Histogram();
let value_us = 1;
Deno.bench("record a value", () => {
  histogram.record(value_us);
  value_us = value_us * 1.1 % 1e7 + 1;
});

const clock = new PoolClock(0);
Deno.bench("read the clock", () => void clock.now_us());
