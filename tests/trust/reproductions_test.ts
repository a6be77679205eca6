/** Runs in which june-load once blamed the wrong side. */
import assert from "node:assert/strict";
import { constant } from "../../lib/sim/model/distribution.ts";
import { inTurns } from "./kit/case.ts";
import { freeze, freezeOften, freezeThread, threadNamed } from "./kit/processes.ts";
import { type Service, startService, STEADY } from "./kit/service.ts";
import { runTool, type ToolResult } from "./kit/tool.ts";

const AT_ONCE = 3;

/** One run, with a service of its own. */
interface Story {
  models?: typeof STEADY;
  scenario: Record<string, unknown>;
  timeout?: string;
  workers?: number;
  act(pid: number): Promise<void>;
}

/** One slot, 20 ms a call: 50 calls a second are all it can do. */
const ONE_SLOT = { ...STEADY, llm: { ...STEADY.llm, slots: 1, queue_limit: 1_000_000, embed_ms: constant(20) } };
const queue = (per_s: number, limit: string) => ({
  rate: `${per_s}/s`,
  duration: "12s",
  max_in_flight: 10_000,
  tasks: { "llm.embed": 1 },
  thresholds: [`p95(response_time) < ${limit}`, "error_rate < 1%"],
});
/** A fifth of the calls speak clips of 7 s in real time, or none does. */
const twelfths = (speech: number) => ({
  rate: "40/s",
  duration: "20s",
  tasks: { "llm.chat_stream": 40, "tts.synthesize": 40, ...(speech > 0 ? { "stt.recognize_stream": speech } : {}) },
  thresholds: ["p95(latency, llm.*) < 2s", "p95(latency, tts.*) < 2s", "error_rate < 1%"],
});
/** The first pool alone. */
const firstPool = async (pid: number, for_ms: number) => freezeThread(await threadNamed(pid, "worker-1"), for_ms);

const STORIES = {
  "frozen again and again, speech in the mix": {
    scenario: twelfths(20),
    act: (pid) => freezeOften(pid, 300, 2500, 6),
  },
  "frozen again and again, no speech": { scenario: twelfths(0), act: (pid) => freezeOften(pid, 300, 2500, 6) },
  "three users, frozen once for 3 s": {
    scenario: {
      users: 3,
      spawn_rate: 3,
      duration: "10s",
      think_time: "500ms-1s",
      tasks: { "llm.chat_stream": 1, "stt.recognize_stream": 1, "tts.synthesize": 1 },
    },
    act: (pid) => freeze(pid, 3000),
  },
  "deadlines that pass while june-load is frozen": {
    scenario: {
      users: 10,
      spawn_rate: 20,
      duration: "12s",
      think_time: "0s-200ms",
      tasks: { "llm.chat_stream": 1, "llm.generate": 1 },
      thresholds: ["error_rate < 1%"],
    },
    timeout: "5s",
    act: (pid) => freeze(pid, 6000),
  },
  "frozen for longer than a pool may be silent": {
    scenario: { users: 3, spawn_rate: 3, duration: "4s", tasks: { "llm.generate": 1 }, think_time: "100ms" },
    act: (pid) => freeze(pid, 12_000),
  },
  "a queue that works off what piled up": {
    models: ONE_SLOT,
    scenario: queue(40, "200ms"),
    act: (pid) => freeze(pid, 1000),
  },
  "a queue that one pool of two floods": {
    models: ONE_SLOT,
    scenario: queue(40, "100ms"),
    workers: 2,
    act: (pid) => firstPool(pid, 1000),
  },
  "a queue that falls behind by itself": {
    models: ONE_SLOT,
    scenario: queue(70, "200ms"),
    act: (pid) => freeze(pid, 300),
  },
} satisfies Record<string, Story>;
type Name = keyof typeof STORIES;
const NAMES = Object.keys(STORIES) as Name[];

async function run(name: Name): Promise<ToolResult> {
  const { models = STEADY, scenario, timeout = "30s", workers = 1, act }: Story = STORIES[name];
  const service: Service = await startService({ models });
  const { llm, stt, tts } = service.addresses;
  const services = { grpc: { llm: { host: llm, timeout }, stt: { host: stt, timeout }, tts: { host: tts, timeout } } };
  const trust = { grace: "10s", ...scenario };
  try {
    return await runTool({ file: { services, scenarios: { trust } }, workers, act: ({ pid }) => act(pid), after_s: 3 });
  } finally {
    await service.stop();
  }
}

let running: Promise<ToolResult>[] = [];
const ran = (name: Name): Promise<ToolResult> => running[NAMES.indexOf(name)] as Promise<ToolResult>;

Deno.test.beforeAll(() => {
  running = inTurns(NAMES, AT_ONCE, run);
});

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, sanitizeOps: false, sanitizeResources: false, fn });
}

test("the same stalls lead to the same verdict, whether clips are spoken beside or not", async () => {
  const [with_, without] = [
    await ran("frozen again and again, speech in the mix"),
    await ran("frozen again and again, no speech"),
  ];
  assert.deepEqual([with_.verdict.status, without.verdict.status], ["INVALID", "INVALID"]);
});

for (
  const name of [
    "three users, frozen once for 3 s",
    "deadlines that pass while june-load is frozen",
    "a queue that works off what piled up",
    "a queue that one pool of two floods",
  ] as const
) {
  test(`${name}: the service is not to blame`, async () => {
    const { verdict: { status, sentence }, run } = await ran(name);
    console.log(`${status}: ${run.total().tainted_calls} of ${run.total().issued} calls tainted`);
    assert.notEqual(status, "FAIL", sentence);
  });
}

test("what came in while june-load was frozen is no timeout", async () => {
  const { run } = await ran("deadlines that pass while june-load is frozen");
  assert.equal(run.total().outcomes.timed_out, 0);
});

test("a run frozen for longer than a pool may be silent goes on", async () => {
  const { run, told } = await ran("frozen for longer than a pool may be silent");
  assert.equal(run.end?.reason, "completed", told);
});

test("a queue that falls behind by itself never passes", async () => {
  const { verdict: { status, sentence } } = await ran("a queue that falls behind by itself");
  console.log(`${status}: ${sentence}`);
  assert.notEqual(status, "PASS", sentence);
});
