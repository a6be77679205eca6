/** june-load before real engines: its figures beside the server's own log of the same calls. */
import assert from "node:assert/strict";
import type { Run } from "../../lib/result/run.ts";
import { callsOf, type MeasuredCall } from "./calls.ts";
import { type Clips, spokenClips, wordErrors } from "./clips.ts";
import { holdTogether, type Pair } from "./compare.ts";
import { type Engines, type Logged, startEngines } from "./engines.ts";
import { type Compared, type Figure, FIGURES, legsOf } from "./figures.ts";
import { type Load, measure } from "./load.ts";

let engines: Engines;
let clips: Clips;
Deno.test.beforeAll(async () => {
  engines = await startEngines();
  clips = await spokenClips();
});
Deno.test.afterAll(() => engines?.stop());

/** A call and the requests that it made. */
type Matched = [call: MeasuredCall, requests: Logged[]];

/** Of a single user: nothing of his calls overlaps but the requests of a turn. */
function matched(calls: readonly MeasuredCall[], requests: readonly Logged[]): Matched[] {
  const left = [...requests];
  const pairs = calls.map((call): Matched => {
    const isTurn = call.operation === "voice_turn";
    const [kind] = isTurn ? ["stt"] : call.operation.split(".");
    assert.equal(left[0]?.kind, kind, call.operation);
    const next = left.findIndex((one, at) => at > 0 && (!isTurn || one.kind === "stt"));
    return [call, left.splice(0, next === -1 ? left.length : next)];
  });
  assert.deepEqual(left, [], "requests of no call");
  return pairs;
}

async function compareCalls(pairs: readonly Matched[], operation: Compared): Promise<void> {
  const own = pairs.filter(([call]) => call.operation === operation);
  const late_s = own.map(([call, requests]) => Math.max(call.late_us / 1e6, ...requests.map(({ late }) => late)));
  const rows = FIGURES[operation].map(({ name, unit, ours, theirs }): Pair => ({
    figure: name,
    unit,
    ours: own.map(([call]) => ours(call)),
    theirs: own.map(([, requests]) => theirs(legsOf(requests))),
    late_s,
  }));
  const heard = own.map(([call, requests]) => [call, legsOf(requests).stt] as const);
  if (heard.some(([, stt]) => stt.length > 0)) rows.push(...await wordErrors(clips, heard));
  holdTogether(`${operation}, each of ${own.length} calls of one user`, rows);
}

/** More than a second: no two calls end in the same one. */
const APART = "1100ms";

const SINGLE = [
  "stt.recognize",
  "stt.recognize_stream",
  "llm.chat",
  "llm.chat_stream",
  "tts.synthesize",
  "tts.synthesize_stream",
] as const;

Deno.test("each call of one user is as the server saw it", async (t) => {
  const load: Load = { tasks: SINGLE, users: 1, think_time: APART, duration: "90s" };
  await measure(engines, clips, load, async ({ folder, requests }) => {
    const pairs = matched(await callsOf(folder), requests);
    for (const operation of SINGLE) await t.step(operation, () => compareCalls(pairs, operation));
  });
});

const FORMS = {
  // Without a header: its rate is known from a sentence that is asked for before the load.
  "raw PCM": { format: "pcm" },
  "raw PCM in events": { format: "pcm", extra: { stream_format: "sse" } },
  "a WAV file in events": { extra: { stream_format: "sse" } },
};

Deno.test("speech in other forms is as the server saw it, too", async (t) => {
  const texts = [...clips.said.values()];
  for (const [form, tts] of Object.entries(FORMS)) {
    const load: Load = { tasks: ["tts.synthesize_stream"], users: 1, think_time: APART, duration: "20s", tts };
    await measure(engines, clips, load, async ({ folder, requests }) => {
      const pairs = matched(await callsOf(folder), requests.filter(({ text }) => texts.includes(text)));
      await t.step(form, () => compareCalls(pairs, "tts.synthesize_stream"));
    });
  }
});

Deno.test("the legs of each voice turn are as the server saw them", async () => {
  const load: Load = { tasks: ["voice_turn"], users: 1, think_time: APART, duration: "50s" };
  await measure(engines, clips, load, async ({ folder, requests }) => {
    await compareCalls(matched(await callsOf(folder), requests), "voice_turn");
  });
});

/** One operation of each kind, whose requests a log tells apart. */
const CROWD = { stt: "stt.recognize_stream", llm: "llm.chat_stream", tts: "tts.synthesize_stream" } as const;

/** Mean and percentiles of a figure, or the sum of what is counted. */
function together(run: Run, operation: Compared, requests: readonly Logged[], figure: Figure): Pair[] {
  const total = run.total({ operations: operation });
  const { name, unit, distribution, ours, theirs } = figure;
  if (distribution === undefined) {
    const all: MeasuredCall = { operation, late_us: 0, of: () => NaN, count: (of) => total.counter(of) };
    return [{ figure: `${name}, sum`, unit, ours: [ours(all)], theirs: [theirs(legsOf(requests))] }];
  }
  const histogram = total.histogram(distribution);
  const values = requests.map((one) => theirs(legsOf([one]))).sort((a, b) => a - b);
  const rank = (p: number) => values[Math.ceil(p / 100 * values.length) - 1]!;
  const row = (of: string, a: number, b: number): Pair => ({
    figure: `${name}, ${of}`,
    unit,
    ours: [a / 1e6],
    theirs: [b],
  });
  return [
    row("mean", histogram.mean, values.reduce((sum, value) => sum + value, 0) / values.length),
    ...[50, 75, 95].map((p) => row(`P${p}`, histogram.percentile(p), rank(p))),
  ];
}

Deno.test("what a crowd waits for, in the engines' queues, is as the server saw it", async (t) => {
  const load: Load = { tasks: Object.values(CROWD), users: 5, think_time: "0s", duration: "50s" };
  await measure(engines, clips, load, async ({ run, requests }) => {
    for (const kind of ["stt", "llm", "tts"] as const) {
      const own = requests.filter((one) => one.kind === kind);
      const operation = CROWD[kind];
      await t.step(operation, async () => {
        const rows = FIGURES[operation].flatMap((figure) => together(run, operation, own, figure));
        const total = run.total({ operations: operation });
        assert.equal(total.outcomes.ok, own.length);
        if (kind === "stt") rows.push(...await wordErrors(clips, [[{ count: (of) => total.counter(of) }, own]]));
        holdTogether(`${operation}, ${own.length} calls of ${load.users} users`, rows);
      });
    }
  });
});
