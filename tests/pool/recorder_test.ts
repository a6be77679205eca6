import assert from "node:assert/strict";
import type { Content, Operation, OperationEnd } from "../../lib/driver/driver.ts";
import type { SeriesData } from "../../lib/measure/interval.ts";
import { Histogram } from "../../lib/measure/histogram.ts";
import type { Objective, Stage } from "../../lib/plan/plan.ts";
import type { Distribution } from "../../lib/plan/threshold/threshold.ts";
import { PoolClock } from "../../lib/pool/clock.ts";
import { type CallRecord, Recorder } from "../../lib/pool/recorder.ts";
import { Stalls } from "../../lib/pool/stalls.ts";
import { FakeClock } from "../driver/fake_clock.ts";

const STAGES: Stage[] = [
  { name: "first", load: 0, start_ms: 0, end_ms: 1000, warm_up: false },
  { name: "second", load: 0, start_ms: 1000, end_ms: 2000, warm_up: false },
  { name: "other", load: 1, start_ms: 0, end_ms: 2000, warm_up: false },
];

/** A recorder whose clock the test moves. */
function workbench(objectives: Objective[] | null = null) {
  const clock = new FakeClock();
  const recorder = new Recorder(clock, STAGES, () => objectives);
  const begin = (facts: Partial<Operation> = {}, intended_us = 0, load = 0): CallRecord => {
    const operation: Operation = { name: "op", reply_stream: true, start: () => ({ cancel() {} }), ...facts };
    return recorder.begin(operation, load, intended_us, { callEnded() {} });
  };
  const seriesOf = (): SeriesData => {
    const { series: [one, ...others] } = recorder.flush();
    assert.ok(one !== undefined && others.length === 0, "one series was used");
    return one;
  };
  return { clock, recorder, begin, seriesOf };
}

function end(call: CallRecord, content?: Content, outcome: OperationEnd["outcome"] = "ok"): void {
  call.end({ outcome, code: 0, type: "", details: "", sent_bytes: 10, received_bytes: 20, content });
}

/** Smallest and largest value of each distribution that was measured, but for the three of every call. */
function measured({ histograms }: SeriesData): Partial<Record<Distribution, number[]>> {
  const { response_time: _r, latency: _l, service_time: _s, start_delay: _d, ...rest } = histograms;
  return Object.fromEntries(
    Object.entries(rest).map(([name, { min, max }]) => [name, min === max ? [min] : [min, max]]),
  );
}

/** One call: each message is its instant and the length of its audio. */
function stream(
  { clock, begin }: ReturnType<typeof workbench>,
  messages: readonly (readonly [at_us: number, audio_us: number])[],
  content?: Content,
  facts: Partial<Operation> = {},
): void {
  const call = begin(facts, clock.now_us());
  call.sent();
  for (const [at_us, audio_us] of messages) {
    clock.advanceTo(at_us);
    call.content(audio_us);
  }
  end(call, content);
}

Deno.test("latency counts from the intended start, service time from the first bytes", () => {
  const { clock, begin, seriesOf } = workbench();
  const call = begin({ reply_stream: false });
  clock.advanceTo(300);
  call.sent();
  clock.advanceTo(400);
  call.sent();
  call.content();
  clock.advanceTo(1000);
  end(call);
  const { histograms, counters, messages } = seriesOf();
  const { latency, service_time, start_delay } = histograms;
  assert.deepEqual([latency?.max, service_time?.max, start_delay?.max], [1000, 700, 300]);
  assert.deepEqual(
    [histograms.response_time?.max, Object.keys(histograms).length],
    [1000, 4],
    "a whole reply has no first message and no gaps",
  );
  assert.deepEqual([counters, messages], [{ good: 1 }, 0]);
});

Deno.test("a call belongs to the stage of its load that holds its intended start, the last one takes what is later", () => {
  const { clock, recorder, begin } = workbench();
  clock.advanceTo(1_500_000);
  for (const [intended_us, load] of [[0, 0], [999_999, 0], [1_000_000, 0], [2_500_000, 0], [10, 1]] as const) {
    end(begin({}, intended_us, load));
  }
  recorder.drop({ name: "op", reply_stream: false, start: () => ({ cancel() {} }) }, 1, 20);
  const counts = recorder.flush().series.map(({ stage, issued, outcomes }) => [stage, issued, outcomes.dropped]);
  assert.deepEqual(counts, [[0, 2, 0], [1, 2, 0], [2, 2, 1]]);
});

Deno.test("a text stream: first message, gaps, largest gap, time per word", () => {
  const bench = workbench();
  stream(bench, [[1000, 0], [1500, 0], [4500, 0]], { output: { count: 8, unit: "words" } });
  const data = bench.seriesOf();
  assert.deepEqual(measured(data), {
    first_message: [1000],
    gap: [500, 3000],
    gap_max: [3000],
    token_time: [500],
    output_length: [8],
  });
  assert.deepEqual(data.counters, { good: 1, output_words: 8 });
  assert.equal(data.messages, 3);
});

Deno.test("time per token needs two tokens and two messages", () => {
  for (
    const [messages, count] of [[[[1000, 0], [1500, 0]], 1], [[[1000, 0]], 5], [[[1000, 0], [2000, 0]], 0]] as const
  ) {
    const bench = workbench();
    stream(bench, messages, { output: { count, unit: "tokens" } });
    const data = bench.seriesOf();
    assert.equal(data.histograms.token_time, undefined);
    assert.equal(data.histograms.output_length?.max, count);
  }
});

Deno.test("tokens and words are summed apart, prompts too", () => {
  const bench = workbench();
  const { begin, seriesOf } = bench;
  end(begin({ reply_stream: false }), { output: { count: 7, unit: "tokens" }, prompt_tokens: 12 });
  end(begin({ reply_stream: false }), { output: { count: 3, unit: "words" } });
  assert.deepEqual(seriesOf().counters, { good: 2, output_tokens: 7, output_words: 3, prompt_tokens: 12 });
});

Deno.test("a prompt's length is in the server's tokens, in words where it tells none; repeats are counted", () => {
  const { begin, seriesOf } = workbench();
  const ended = (content: Content) => end(begin({ reply_stream: false }), content);
  ended({ prompt_tokens: 12, prompt_words: 9, repeated_input: false });
  ended({ prompt_words: 30, repeated_input: true });
  ended({ repeated_input: true });
  ended({});
  const { histograms, counters } = seriesOf();
  const { count, min, max } = histograms.input_length ?? {};
  assert.deepEqual([count, min, max], [2, 12, 30]);
  assert.deepEqual([counters.known_inputs, counters.repeated_inputs], [3, 2]);
});

Deno.test("speech paced in real time: first partial, latency after the end of speech, no real-time factor", () => {
  const { clock, begin, seriesOf } = workbench();
  const call = begin();
  clock.advanceTo(100);
  call.sent();
  call.paced(40, 40);
  call.paced(10, 10);
  clock.advanceTo(700);
  call.content();
  clock.advanceTo(1000);
  call.speechEnd();
  clock.advanceTo(1400);
  call.content();
  clock.advanceTo(1500);
  end(call, { audio_sent_us: 1000, words: { errors: 2, reference: 9 } });
  const data = seriesOf();
  assert.deepEqual(measured(data), {
    first_message: [700],
    first_partial: [600],
    gap: [700],
    gap_max: [700],
    final_latency: [400],
    pacing_error: [10, 40],
  });
  const basic = { basic_word_errors: 2, basic_reference_words: 9 };
  assert.deepEqual(data.counters, {
    good: 1,
    audio_sent_us: 1000,
    word_errors: 2,
    reference_words: 9,
    ...basic,
    paced_calls: 1,
  });
});

Deno.test("transcripts are told by their latency after the audio they cover, all calls pooled", () => {
  const { begin, seriesOf } = workbench();
  for (const latencies_us of [[100, 300], [301], []]) {
    const call = begin();
    for (const latency_us of latencies_us) call.responded(latency_us);
    end(call);
    call.responded(9999);
  }
  const { response_latency } = seriesOf().histograms;
  assert.deepEqual([response_latency?.count, response_latency?.min, response_latency?.max], [3, 100, 301]);
});

Deno.test("speech sent at once has a real-time factor", () => {
  const bench = workbench();
  const call = bench.begin({ reply_stream: false });
  bench.clock.advanceTo(100);
  call.sent();
  bench.clock.advanceTo(1100);
  end(call, { audio_sent_us: 4000 });
  assert.deepEqual(measured(bench.seriesOf()), { real_time_factor: [250_000], final_latency: [1000] });
});

Deno.test("a stream whose last text came before the end of speech has no latency after it", () => {
  const { clock, begin, seriesOf } = workbench();
  const call = begin();
  call.content();
  clock.advanceTo(100);
  call.speechEnd();
  end(call, { audio_sent_us: 100 });
  assert.equal(seriesOf().histograms.final_latency, undefined);
});

Deno.test("speech made: real-time factor to its last audio, or to the end where it comes whole", () => {
  const bench = workbench();
  stream(bench, [[1000, 4000], [3000, 4000]]);
  const data = bench.seriesOf();
  assert.equal(data.histograms.real_time_factor?.max, 375_000);
  assert.equal(data.counters.audio_received_us, 8000);

  const whole = bench.begin({ reply_stream: false }, 3000);
  whole.sent();
  bench.clock.advanceTo(4000);
  whole.content(10_000);
  bench.clock.advanceTo(5000);
  end(whole);
  assert.deepEqual(measured(bench.seriesOf()), { real_time_factor: [200_000] });
});

Deno.test("a player tells stalls, with the operation's prebuffer; one message cannot stall", () => {
  const ms = (...list: number[]) => list.map((at_ms) => [at_ms * 1000, 400_000] as const);
  for (const [prebuffer_us, stall_us] of [[0, 400_000], [100_000, 300_000], [400_000, 0]] as const) {
    const bench = workbench();
    stream(bench, ms(300, 420, 950, 1600, 2300), undefined, { prebuffer_us });
    const { histograms, counters } = bench.seriesOf();
    assert.deepEqual([histograms.stall?.max, histograms.needed_prebuffer?.max], [stall_us, 400_000]);
    assert.deepEqual([counters.played_calls, counters.stalled_calls], [1, stall_us > 0 ? 1 : undefined]);
  }
  const bench = workbench();
  stream(bench, ms(300));
  const { histograms, counters } = bench.seriesOf();
  assert.deepEqual([histograms.stall, histograms.needed_prebuffer, counters.played_calls], Array(3).fill(undefined));
});

Deno.test("a turn: its legs, their sum, and the slowest of an interval as the example", () => {
  const { clock, recorder, begin } = workbench();
  const turn = (stt_us: number) => {
    const spans = [{ name: "speech", start_us: 0, first_us: null, end_us: 5000 + stt_us }];
    const call = begin({ name: "voice_turn" }, clock.now_us());
    call.sent();
    call.speechEnd();
    clock.advanceTo(clock.now_us() + 10_000);
    call.content(4000);
    end(call, {
      turn: { stt_us, llm_us: 20, tts_us: 3, spans },
      audio_sent_us: 5000,
      output: { count: 4, unit: "words" },
    });
  };
  for (const stt_us of [100, 900, 300]) turn(stt_us);
  const { series, turns } = recorder.flush();
  assert.deepEqual(measured(series[0] as SeriesData), {
    first_message: [10_000],
    output_length: [4],
    voice_to_voice: [123, 923],
    turn_stt: [100, 900],
    turn_llm: [20],
    turn_tts: [3],
  });
  assert.deepEqual(turns.map(({ start_ms, voice_to_voice_us }) => [start_ms, voice_to_voice_us]), [[10, 923]]);
  assert.equal(turns[0]?.spans[0]?.end_us, 5900);
  assert.deepEqual(recorder.flush(), { series: [], failures: [], turns: [] });
});

Deno.test("a failed call leaves its gaps and its latency, no other figure and no sum", () => {
  const { clock, recorder, begin } = workbench();
  const call = begin();
  for (const at_us of [1000, 1500]) {
    clock.advanceTo(at_us);
    call.content(100);
  }
  call.end({
    outcome: "failed",
    code: 14,
    type: "UNAVAILABLE",
    details: "gone",
    sent_bytes: 0,
    received_bytes: 0,
    content: { prompt_tokens: 5 },
  });
  call.content(100);
  end(call);
  const { series: [data], failures } = recorder.flush();
  assert.deepEqual(Object.keys(data?.histograms ?? {}), ["gap"]);
  assert.deepEqual([data?.counters, data?.messages, data?.failed_latency?.max], [{}, 2, 1500]);
  assert.deepEqual(failures.map(({ type, count }) => [type, count]), [["UNAVAILABLE", 1]]);
  assert.equal(recorder.in_flight, 0);
});

Deno.test("what is cancelled because the run cuts it off is unfinished", () => {
  const { begin, seriesOf } = workbench();
  const cut = begin();
  cut.cut = true;
  end(cut, undefined, "cancelled");
  end(begin(), undefined, "cancelled");
  const { outcomes, histograms, counters } = seriesOf();
  assert.deepEqual([outcomes.unfinished, outcomes.cancelled, histograms, counters], [1, 1, {}, {}]);
});

/** How many of some streams are good; each is the instants of its messages. */
function goodOf(objectives: Objective[] | null, streams: readonly (readonly number[])[], content?: Content): number {
  const bench = workbench(objectives);
  for (const messages of streams) {
    const from_us = bench.clock.now_us();
    stream(bench, messages.map((at_us) => [from_us + at_us, 0]), content);
  }
  return bench.seriesOf().counters.good ?? 0;
}

Deno.test("a call is good when it meets every objective at once; a limit itself is met", () => {
  const limits: Objective[] = [
    { operations: null, of: "latency", limit: 2000 },
    { operations: "op", of: "first_message", limit: 800 },
  ];
  assert.equal(goodOf(limits, [[800, 2000], [801, 1000], [100, 2001], [100, 200]]), 2);
  assert.equal(goodOf(null, [[800, 9000]]), 1, "without objectives every ok call is good");
});

Deno.test("a stream of one message keeps a limit on the time between messages, also after a call that broke it", () => {
  const output = { output: { count: 1, unit: "tokens" } } as const;
  assert.equal(goodOf([{ operations: null, of: "token_time", limit: 1 }], [[800, 9000]], output), 1);
  assert.equal(goodOf([{ operations: null, of: "gap_max", limit: 10 }], [[1, 500], [1]]), 1);
});

Deno.test("an ok call without the figure that an objective names is neither good nor bad by it", () => {
  const { begin, seriesOf, clock } = workbench([{ operations: null, of: "final_latency", limit: 300 }]);
  end(begin({ reply_stream: false }));
  end(begin({ reply_stream: false }), undefined, "failed");
  const early = begin();
  early.content();
  clock.advanceTo(100);
  early.speechEnd();
  end(early, { audio_sent_us: 100 });
  const { counters } = seriesOf();
  assert.deepEqual([counters.good, counters.unjudged], [1, 1], "a transcript that came early keeps any limit");

  const both = workbench([
    { operations: null, of: "response_time", limit: 300 },
    { operations: null, of: "stall", limit: 50 },
  ]);
  stream(both, [[200, 40]]);
  stream(both, [[900, 40]]);
  assert.deepEqual(both.seriesOf().counters.good, 1, "it is judged by the objectives that it has figures for");
});

Deno.test("calls of an operation to which no objective applies are judged by none, whatever became of them", () => {
  const { recorder, begin, seriesOf } = workbench([]);
  end(begin());
  end(begin(), undefined, "failed");
  end(begin(), undefined, "timed_out");
  end(begin(), undefined, "cancelled");
  recorder.drop({ name: "op", reply_stream: true, start: () => ({ cancel() {} }) }, 0, 0);
  const { counters, outcomes } = seriesOf();
  assert.deepEqual([counters.good, counters.unjudged], [undefined, 4]);
  assert.equal(outcomes.cancelled, 1, "which good_rate does not count anyway");
});

Deno.test("speech that is sent whole has a final latency: from its last byte, or from its request, to the answer", () => {
  const { clock, begin, seriesOf } = workbench();
  const told = begin({ reply_stream: false });
  told.sent();
  clock.advanceTo(400);
  told.speechEnd();
  clock.advanceTo(1000);
  end(told, { audio_sent_us: 5000 });
  assert.deepEqual(measured(seriesOf()), { final_latency: [600], real_time_factor: [200_000] });
  const untold = begin({ reply_stream: false }, 1000);
  clock.advanceTo(1100);
  untold.sent();
  clock.advanceTo(2000);
  end(untold, { audio_sent_us: 9000 });
  assert.deepEqual(measured(seriesOf()).final_latency, [900]);
  end(begin({ reply_stream: false }, 2000));
  assert.equal(measured(seriesOf()).final_latency, undefined, "a call without speech has none");
});

Deno.test("a limit on gaps is kept by the largest gap of a call, one on pacing by its latest chunk", () => {
  assert.equal(goodOf([{ operations: null, of: "gap", limit: 100 }], [[10, 110, 200], [10, 111, 200]]), 1);
  const { begin, seriesOf } = workbench([{ operations: null, of: "pacing_error", limit: 100 }]);
  for (const late of [[90, 100, 20], [101, 5]]) {
    const call = begin();
    for (const late_us of late) call.paced(late_us, late_us);
    end(call);
  }
  assert.equal(seriesOf().counters.good, 1);
});

Deno.test("a failure is never good", () => {
  const { begin, seriesOf } = workbench();
  end(begin(), undefined, "timed_out");
  assert.equal(seriesOf().counters.good, undefined);
});

Deno.test("seconds add up to the whole", () => {
  const bench = workbench();
  const whole = new Histogram();
  for (let second = 0; second < 3; second++) {
    stream(bench, [[bench.clock.now_us() + 100 * (second + 1), 0]]);
    whole.mergeData(bench.seriesOf().histograms.latency ?? whole.toData());
  }
  assert.deepEqual([whole.count, whole.min, whole.max], [3, 100, 300]);
  assert.deepEqual(bench.recorder.flush().series, [], "nothing happened since");
});

Deno.test("first_answer is the first text of the answer; reasoning before it is counted", () => {
  const { clock, begin, seriesOf } = workbench();
  for (const reasoned of [true, false]) {
    const call = begin({}, clock.now_us());
    call.sent();
    clock.advanceTo(clock.now_us() + 1000);
    call.content();
    if (reasoned) clock.advanceTo(clock.now_us() + 4000);
    call.answer(reasoned);
    end(call);
  }
  const { histograms, counters } = seriesOf();
  assert.deepEqual([histograms.first_answer?.min, histograms.first_answer?.max], [1000, 5000]);
  assert.equal(counters.reasoned_answers, 1);
});

Deno.test("audio that was cut on the way is one message: it is no gap, and a single one is not played", () => {
  const bench = workbench();
  const { clock, begin, seriesOf } = bench;
  const call = begin();
  call.sent();
  clock.advanceTo(50_000);
  call.content(100_000);
  clock.advanceTo(51_000);
  call.more(300_000);
  end(call);
  const { histograms, counters, messages } = seriesOf();
  assert.deepEqual([messages, counters.audio_received_us, counters.played_calls], [1, 400_000, undefined]);
  assert.deepEqual([histograms.gap, counters.one_piece], [undefined, 1]);
});

Deno.test("a reply in one piece is counted as such; one that streams is not, however fast its server", () => {
  const output = (count: number) => ({ output: { count, unit: "tokens" as const } });
  const times = (from_us: number, step_us: number, count: number) =>
    Array.from({ length: count }, (_, at) => [from_us + at * step_us, 0] as const);
  const cases: [string, ReturnType<typeof times>, number, number | undefined][] = [
    ["forty chunks at once after 800 ms", times(800_000, 20, 40), 40, 1],
    ["one message with forty tokens", times(800_000, 0, 1), 40, 1],
    ["one message with one word", times(800_000, 0, 1), 1, undefined],
    ["forty chunks, 5 ms apart", times(800_000, 5000, 40), 40, undefined],
    ["a server without latency", times(500, 20, 40), 40, undefined],
  ];
  for (const [name, messages, count, expected] of cases) {
    const bench = workbench();
    stream(bench, messages, output(count));
    assert.equal(bench.seriesOf().counters.one_piece, expected, name);
  }
  const bench = workbench();
  stream(bench, times(800_000, 0, 1), output(40), { reply_stream: false });
  assert.equal(bench.seriesOf().counters.one_piece, undefined, "no stream was asked for");
});

Deno.test("notes of an answer are counted", () => {
  const bench = workbench();
  stream(bench, [[1000, 0]], { notes: ["absurd_usage", "no_finish_reason"] });
  const { counters } = bench.seriesOf();
  assert.deepEqual([counters.absurd_usage, counters.no_finish_reason], [1, 1]);
});

Deno.test("a stall taints a call that was given up only if it took a part of the time that the call had", () => {
  const tainted = (waited_us: number, stalled_us: number, outcome: OperationEnd["outcome"], cut = false) => {
    const clock = new FakeClock();
    const stalls = new Stalls();
    const limits = () => ({ overdue_us: 2_000_000, taint_us: 100_000, beyond_us: 2_000_000 });
    const recorder = new Recorder(clock, STAGES, () => [], (text) => text, limits, stalls);
    const operation: Operation = { name: "op", reply_stream: false, start: () => ({ cancel() {} }) };
    const call = recorder.begin(operation, 0, 0, { callEnded() {} });
    call.cut = cut;
    stalls.saw(1000, 1000 + stalled_us);
    recorder.aftermath?.look(21_000 + stalled_us, 21_000 + stalled_us);
    clock.advanceTo(waited_us);
    end(call, undefined, outcome);
    return recorder.flush().series[0]?.tainted !== undefined;
  };
  // A service that hangs is not excused by a blink of the load generator.
  assert.equal(tainted(12_000_000, 140_000, "cancelled", true), false);
  assert.equal(tainted(30_000_000, 1_000_000, "timed_out"), false);
  assert.equal(tainted(12_000_000, 3_000_000, "cancelled", true), false, "the other nine seconds are past any limit");
  assert.equal(tainted(4_000_000, 3_000_000, "cancelled", true), true);
  assert.equal(tainted(2_100_000, 140_000, "timed_out"), true);
  assert.equal(tainted(1_900_000, 140_000, "ok"), true, "of an answer it is a part of the time that was measured");
  assert.equal(tainted(12_000_000, 140_000, "ok"), false, "too slow without june-load, too");
});

Deno.test("a clip that june-load itself sent late taints its call, one that the server held back does not", () => {
  const taintedBy = (paces: readonly (readonly [late_us: number, own_us: number])[]) => {
    const { begin, seriesOf } = workbench();
    const call = begin();
    for (const [late_us, own_us] of paces) call.paced(late_us, own_us);
    end(call);
    const { counters, tainted } = seriesOf();
    return [counters.paced_calls, counters.late_speech ?? 0, tainted?.outcomes.ok ?? 0];
  };
  const chunks = (late: number, pace: readonly [number, number]) =>
    Array.from({ length: 60 }, (_, i) => i < late ? pace : [500, 500] as const);
  assert.deepEqual(taintedBy(chunks(3, [21_000, 21_000])), [1, 0, 0], "one in twenty");
  assert.deepEqual(taintedBy(chunks(4, [21_000, 21_000])), [1, 1, 1]);
  assert.deepEqual(taintedBy(chunks(60, [20_000, 20_000])), [1, 0, 0], "as late as its pacing allows");
  assert.deepEqual(taintedBy(chunks(60, [900_000, 0])), [1, 0, 0], "flow control");
  assert.deepEqual(taintedBy([[21_000, 21_000]]), [1, 0, 0], "one chunk is no pace");
});

Deno.test("late speech taints a call that fails or is cut off, too, and a call without speech has no pace", () => {
  const { begin, seriesOf } = workbench();
  const call = begin();
  for (let i = 0; i < 5; i++) call.paced(300_000, 300_000);
  end(call, undefined, "timed_out");
  end(begin());
  const { counters, tainted } = seriesOf();
  assert.deepEqual([counters.paced_calls, counters.late_speech, tainted?.outcomes.timed_out], [1, 1, 1]);
});

Deno.test("the worst transcripts are handed over once, without secrets, cut, and none of the warm-up", () => {
  const clock = new FakeClock();
  const stages = STAGES.slice(0, 2).map((stage, at) => ({ ...stage, warm_up: at === 0 }));
  const recorder = new Recorder(clock, stages, () => [], (text) => text.replaceAll("hush-hush", "***"));
  const hear = (at_ms: number, errors: number, said: string, heard: string) => {
    const operation: Operation = { name: "stt.recognize", reply_stream: false, start: () => ({ cancel() {} }) };
    const call = recorder.begin(operation, 0, at_ms * 1000, { callEnded() {} });
    end(call, { words: { errors, reference: 4, ...(errors > 0 && { texts: { said, heard } }) } });
  };
  const heardOf = () => recorder.flush().transcripts?.map(({ heard }) => heard);
  hear(0, 4, "warming up", "nothing of it");
  assert.equal(heardOf(), undefined);
  hear(1000, 2, "call me", "tell hush-hush");
  hear(1001, 0, "call me", "");
  hear(1002, 1, "call me", "call");
  assert.deepEqual(heardOf(), ["tell ***"]);
  hear(1003, 2, "call me", "tell me");
  assert.equal(heardOf(), undefined, "it is no worse");
  hear(1004, 4, "turn it on", "x".repeat(2000));
  assert.deepEqual(heardOf(), [`${"x".repeat(499)}…`]);
  for (let clip = 0; clip < 40; clip++) hear(1100, 3 + clip, `clip ${clip}`, "wrong");
  assert.equal(heardOf()?.length, 10);
});

Deno.test("what one read brings has one time: content of all its calls, and their ends", () => {
  const clock = new PoolClock(performance.now());
  const recorder = new Recorder(clock, STAGES);
  const operation: Operation = { name: "op", reply_stream: true, start: () => ({ cancel() {} }) };
  const calls = Array.from({ length: 3 }, () => recorder.begin(operation, 0, 0, { callEnded() {} }));
  for (const call of calls) call.sent();
  // Each message takes a while to handle, so that a time of its own would be later and later.
  const handle = (mark: (call: CallRecord) => void) => {
    for (const call of calls) {
      const from_ms = performance.now();
      while (performance.now() - from_ms < 1);
      mark(call);
    }
  };
  handle((call) => call.content());
  handle((call) => call.content());
  handle((call) => end(call));
  const { histograms } = recorder.flush().series[0] as SeriesData;
  assert.deepEqual([histograms.gap?.min, histograms.gap?.max], [0, 0]);
  const { first_message, latency } = histograms;
  assert.equal(first_message?.min, first_message?.max);
  assert.equal(latency?.max, first_message?.max);
});
