/** Made-up runs that speak, listen and converse. */
import { noGenerator } from "../../lib/measure/generator.ts";
import type { TurnExample } from "../../lib/measure/interval.ts";
import { Series } from "../../lib/measure/series.ts";
import type { LoadPlan, Objective, Plan, Stage } from "../../lib/plan/plan.ts";
import type { Counter, Distribution } from "../../lib/plan/threshold/threshold.ts";
import type { IntervalRecord } from "../../lib/result/record.ts";
import { Run } from "../../lib/result/run.ts";
import { holdStage, task } from "../plans.ts";
import { makeHeader, makePlan, noise } from "../result/make_run.ts";

/** What a made-up call of each operation records; microseconds, parts per million or counts. */
type Sample = (
  random: () => number,
  clip_us: number,
  slow: number,
) => { histograms: Partial<Record<Distribution, number>>; counters: Partial<Record<Counter, number>> };

const around = (random: () => number, value: number) => Math.round(value * (0.7 + 0.5 * random() + 2 * random() ** 12));

const SAMPLES: Record<string, Sample> = {
  "llm.chat_stream": (random) => ({
    histograms: {
      latency: around(random, 900_000),
      first_message: around(random, 240_000),
      gap: around(random, 18_000),
      gap_max: around(random, 60_000),
      token_time: around(random, 18_000),
      output_length: Math.round(20 + 60 * random()),
    },
    counters: { output_words: 48, good: random() < 0.9 ? 1 : 0 },
  }),
  "llm.generate": (random) => ({
    histograms: { latency: around(random, 800_000), output_length: Math.round(20 + 60 * random()) },
    counters: { output_tokens: 48, prompt_tokens: 12, good: 1 },
  }),
  "stt.recognize_stream": (random, clip_us, slow) => {
    // One in thirty final transcripts comes before its speech has ended.
    const response_time = random() < 1 / 30 ? -120_000 : Math.round(slow * around(random, 210_000));
    return {
      histograms: {
        response_time,
        latency: clip_us + response_time,
        first_partial: around(random, 700_000),
        final_latency: Math.max(0, response_time),
        pacing_error: around(random, 300),
        response_latency: 150_000,
      },
      counters: {
        audio_sent_us: 2_400_000,
        word_errors: random() < 0.3 ? 1 : 0,
        reference_words: 8,
        basic_word_errors: 1,
        basic_reference_words: 8,
        interims_joined: 1,
        good: 1,
      },
    };
  },
  "tts.synthesize_stream": (random) => ({
    histograms: {
      latency: around(random, 500_000),
      first_message: around(random, 110_000),
      real_time_factor: around(random, 90_000),
      stall: random() < 0.05 ? 120_000 : 0,
      needed_prebuffer: random() < 0.05 ? 120_000 : 0,
    },
    counters: { audio_received_us: 3_100_000, played_calls: 1, stalled_calls: random() < 0.05 ? 1 : 0, good: 1 },
  }),
  voice_turn: (random, clip_us, slow) => {
    const [turn_stt, turn_llm, turn_tts] = [210_000, 520_000, 130_000].map((us) =>
      Math.round(slow * around(random, us))
    ) as [
      number,
      number,
      number,
    ];
    const voice_to_voice = turn_stt + turn_llm + turn_tts;
    return {
      histograms: {
        response_time: voice_to_voice,
        latency: clip_us + voice_to_voice + 600_000,
        first_message: clip_us + voice_to_voice,
        voice_to_voice,
        turn_stt,
        turn_llm,
        turn_tts,
      },
      counters: { word_errors: 1, reference_words: 12, basic_word_errors: 1, basic_reference_words: 12, good: 1 },
    };
  },
};

const DEFAULT_OPERATIONS = ["llm.chat_stream", "stt.recognize_stream", "tts.synthesize_stream", "voice_turn"];

function turnAt(index: number, stretch: number): TurnExample {
  const us = (value: number) => Math.round(value * stretch);
  const speech_us = 2_400_000;
  return {
    operation: "voice_turn",
    start_ms: index * 1000,
    voice_to_voice_us: us(860_000),
    spans: [
      { name: "speech", start_us: 0, first_us: null, end_us: speech_us },
      { name: "stt", start_us: 400, first_us: 700_000, end_us: speech_us + us(210_000) },
      {
        name: "llm",
        start_us: speech_us + us(211_000),
        first_us: speech_us + us(450_000),
        end_us: speech_us + us(1_900_000),
      },
      {
        name: "tts 1",
        start_us: speech_us + us(730_000),
        first_us: speech_us + us(860_000),
        end_us: speech_us + us(1_300_000),
      },
      {
        name: "tts 2",
        start_us: speech_us + us(1_320_000),
        first_us: speech_us + us(1_450_000),
        end_us: speech_us + us(2_100_000),
      },
    ],
  };
}

const GOOD: Objective[] = [
  { operations: "llm.*", of: "first_message", limit: 400_000 },
  { operations: null, of: "latency", limit: 3_500_000 },
];

/** How a made-up run of speech differs from the usual. */
export interface SpeechOptions {
  plan?: Partial<Plan>;
  seconds?: number;
  calls_per_s?: number;
  /** Calls of each second that time out, of each operation. */
  timeouts?: number;
  dropped?: number;
  /** How late each chunk of paced speech is sent. */
  late_us?: number;
  operations?: string[];
  /** Length of every clip spoken in real time. */
  clip_us?: number;
  /** Multiplies the response times of paced speech and turns. */
  slow?: number;
}

/** A run in which every kind of service streams and every distribution is measured. */
export function speechRun(options: SpeechOptions = {}): Run {
  const { seconds = 40, calls_per_s = 6, timeouts = 0, dropped = 0, clip_us = 2_400_000, slow = 1 } = options;
  const late = options.late_us === undefined ? {} : { late_us: options.late_us };
  const operations = options.operations ?? DEFAULT_OPERATIONS;
  const plan = makePlan({
    scenario: "conversation",
    duration_ms: seconds * 1000,
    stages: stagesOf(seconds),
    tasks: operations.map((name) => task(name as Plan["tasks"][number]["name"])),
    objectives: GOOD,
    ...options.plan,
  });
  const run = new Run(makeHeader(plan));
  const random = noise(11);
  for (let index = 0; index < seconds; index++) {
    run.add(
      secondOf(plan, index, operations, random, { calls: calls_per_s, timeouts, dropped, clip_us, slow, ...late }),
    );
  }
  run.add({ type: "end", t_ms: seconds * 1000, reason: "completed", text: "", unaccounted: 0 });
  return run;
}

function stagesOf(seconds: number): Stage[] {
  const at = (share: number) => Math.round(seconds * share) * 1000;
  return [
    { name: "warm-up", load: 0, start_ms: 0, end_ms: at(0.1), warm_up: true },
    { name: "before", load: 0, start_ms: at(0.1), end_ms: at(0.4), warm_up: false },
    { name: "spike", load: 0, start_ms: at(0.4), end_ms: at(0.6), warm_up: false },
    { name: "after", load: 0, start_ms: at(0.6), end_ms: at(1), warm_up: false },
  ];
}

/** What one second holds, of each operation. */
interface Second {
  calls: number;
  timeouts: number;
  dropped: number;
  late_us?: number;
  clip_us?: number;
  slow?: number;
}

function secondOf(
  plan: Plan,
  index: number,
  operations: readonly string[],
  random: () => number,
  { calls, timeouts, dropped, late_us, clip_us = 2_400_000, slow = 1 }: Second,
): IntervalRecord {
  const stage = Math.max(0, plan.stages.findIndex((s) => index * 1000 >= s.start_ms && index * 1000 < s.end_ms));
  const series = operations.map((operation) => {
    const one = new Series();
    one.issued = calls + timeouts + dropped;
    Object.assign(one.outcomes, { ok: calls, timed_out: timeouts, dropped });
    for (let i = 0; i < timeouts; i++) one.failed_latency.record(30_000_000);
    for (let i = 0; i < calls; i++) {
      const { histograms, counters } = (SAMPLES[operation] as Sample)(random, clip_us, slow);
      if (histograms.pacing_error !== undefined && late_us !== undefined) histograms.pacing_error = late_us;
      for (const [name, value] of Object.entries(histograms)) one.histogram(name as Distribution).recordSigned(value);
      for (const [name, value] of Object.entries(counters)) one.count(name as Counter, value);
      one.histogram("service_time").record(Math.max(1, (histograms.latency ?? 0) - 800));
      one.histogram("start_delay").record(800);
      one.messages += 12;
    }
    return one.toData(operation, stage);
  });
  const due = operations.length * (calls + timeouts + dropped);
  return {
    type: "interval",
    index,
    series,
    failures: [],
    users: plan.loads[0]?.kind === "open" ? 0 : 20,
    in_flight: 14,
    connections: [],
    generator: { ...noGenerator(), due, begun: due - operations.length * dropped, loop_lag_us: 700 },
    turns: operations.includes("voice_turn") ? [turnAt(index, index === 30 ? 2.4 : 1 + (index % 5) / 20)] : [],
  };
}

const OPEN: LoadPlan = {
  kind: "open",
  name: "load",
  courses: [
    { kind: "linear", start_ms: 0, end_ms: 16_000, from: 24, to: 24 },
    { kind: "linear", start_ms: 16_000, end_ms: 24_000, from: 24, to: 60 },
    { kind: "sine", start_ms: 24_000, end_ms: 40_000, mean: 24, amplitude: 6, period_ms: 8000 },
  ],
  spacing: "poisson",
  max_in_flight: 500,
  max_wait_ms: 1000,
};

/** Arrivals at a rate of their own, some of which found no room. */
export function openRun(options: SpeechOptions = {}): Run {
  return speechRun({ dropped: 1, ...options, plan: { scenario: "open", loads: [OPEN], ...options.plan } });
}

/** One unary task of a language model that counts nothing: no table of streams or speech has anything to show. */
export function unaryRun(): Run {
  const plan = makePlan({ tasks: [task("llm.embed")], duration_ms: 10_000 });
  const run = new Run(makeHeader(plan));
  for (let index = 0; index < 10; index++) {
    const one = new Series();
    one.issued = one.outcomes.ok = 20;
    for (let i = 0; i < 20; i++) {
      one.histogram("latency").record(20_000 + 100 * i);
      one.histogram("service_time").record(19_900 + 100 * i);
    }
    const base = secondOf(plan, index, [], () => 0, { calls: 0, timeouts: 0, dropped: 0 });
    run.add({ ...base, series: [one.toData("llm.embed", index < 5 ? 0 : 1)] });
  }
  run.add({ type: "end", t_ms: 10_000, reason: "completed", text: "", unaccounted: 0 });
  return run;
}

/** A minute before a spike, the spike, and what is left of it, at 40 calls a second, with latencies that come back slowly. */
export function spikeRun(): Run {
  const [before_ms, spike_ms, end_ms] = [60_000, 90_000, 180_000];
  const users = (start: number, end: number, count: number) =>
    ({ kind: "linear", start_ms: start, end_ms: end, from: count, to: count }) as const;
  const plan = makePlan({
    scenario: "spike",
    duration_ms: end_ms,
    loads: [{
      kind: "closed",
      name: "load",
      users: 200,
      think_time: { kind: "constant", value_ms: 1000 },
      start: "at_once",
      after_failure_ms: 0,
      courses: [users(0, before_ms, 20), users(before_ms, spike_ms, 200), users(spike_ms, end_ms, 20)],
    }],
    stages: [
      { name: "before", load: 0, start_ms: 0, end_ms: before_ms, warm_up: false },
      { name: "spike", load: 0, start_ms: before_ms, end_ms: spike_ms, warm_up: false },
      { name: "recovery", load: 0, start_ms: spike_ms, end_ms, warm_up: false },
    ],
    tasks: [task("llm.embed")],
  });
  const run = new Run(makeHeader(plan));
  const random = noise(5);
  for (let index = 0; index < end_ms / 1000; index++) {
    // Slow from the spike's start until 20 s after its end.
    const slow = index >= 60 && index < 110 ? 5 : 1;
    const one = new Series();
    one.issued = one.outcomes.ok = 40;
    for (let i = 0; i < 40; i++) one.histogram("latency").record(around(random, 100_000) * slow);
    const stage = index < 60 ? 0 : index < 90 ? 1 : 2;
    const base = secondOf(plan, index, [], random, { calls: 0, timeouts: 0, dropped: 0 });
    run.add({ ...base, series: [one.toData("llm.embed", stage)], users: stage === 1 ? 200 : 20, in_flight: 10 * slow });
  }
  run.add({ type: "end", t_ms: end_ms, reason: "completed", text: "", unaccounted: 0 });
  return run;
}

/** Twenty steady minutes in which latency rises by half of what it was. */
export function driftingRun(): Run {
  const minutes = 20;
  const plan = makePlan({
    duration_ms: minutes * 60_000,
    loads: [{
      kind: "closed",
      name: "load",
      users: 20,
      think_time: { kind: "constant", value_ms: 1000 },
      start: "at_once",
      after_failure_ms: 0,
      courses: [{ kind: "linear", start_ms: 0, end_ms: minutes * 60_000, from: 20, to: 20 }],
    }],
    stages: [holdStage(minutes * 60_000)],
    tasks: [task("llm.embed")],
  });
  const run = new Run(makeHeader(plan));
  const random = noise(3);
  for (let index = 0; index < minutes * 60; index++) {
    const one = new Series();
    one.issued = one.outcomes.ok = 5;
    for (let i = 0; i < 5; i++) {
      one.histogram("latency").record(Math.round(around(random, 100_000) * (1 + 0.5 * index / (minutes * 60))));
    }
    const base = secondOf(plan, index, [], random, { calls: 0, timeouts: 0, dropped: 0 });
    run.add({ ...base, series: [one.toData("llm.embed", 0)] });
  }
  run.add({ type: "end", t_ms: minutes * 60_000, reason: "completed", text: "", unaccounted: 0 });
  return run;
}
