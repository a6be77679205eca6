/** Made-up runs at the edges of what a report must show. */
import { mergeLinks } from "../../lib/measure/connections.ts";
import { Histogram } from "../../lib/measure/histogram.ts";
import type { AddressData } from "../../lib/measure/interval.ts";
import type { FailureData } from "../../lib/measure/interval.ts";
import { Series } from "../../lib/measure/series.ts";
import type { IntervalRecord } from "../../lib/result/record.ts";
import type { EventKind } from "../../lib/result/event_kinds.ts";
import { Run } from "../../lib/result/run.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { holdStage } from "../plans.ts";
import { makeHeader, makePlan, makeRecords, makeRun } from "../result/make_run.ts";
import { openRun, speechRun, spikeRun, unaryRun } from "./speech_cases.ts";
import { noGenerator } from "../../lib/measure/generator.ts";

/** A kind of event that results of older builds hold. */
const OLDER_KIND = "reconnected" as string as EventKind;

/** A short run with a few errors, an event, a slow stretch: the one that golden files hold. */
export function usualRun(): Run {
  const plan = makePlan({
    duration_ms: 20_000,
    stages: [
      { name: "warm-up", load: 0, start_ms: 0, end_ms: 4000, warm_up: true },
      { name: "hold", load: 0, start_ms: 4000, end_ms: 20_000, warm_up: false },
    ],
  });
  const run = makeRun({ plan, seconds: 20, errors: 0.05, slowFrom: 10, slowTo: 14 });
  run.add({ type: "event", t_ms: 9500, kind: OLDER_KIND, text: "tts: connection lost (GOAWAY), opened again" });
  return run;
}

/** A run through a proxy that rotates its connections, to a server with few streams. */
export function rotatedRun(): Run {
  const plan = makePlan({ duration_ms: 10_000 });
  const [header, ...records] = makeRecords({ plan, seconds: 10 });
  const run = new Run({ ...(header as ReturnType<typeof makeHeader>) });
  for (const record of records) {
    if (record.type === "interval") {
      const [llm] = record.connections;
      if (llm !== undefined) Object.assign(llm, { reconnects_total: record.index, moves_total: 2 * record.index });
      if (llm !== undefined && record.index === 4) llm.waiting = 5;
      // The worker is gone: its counters with it.
      if (record.index === 9) record.connections = [];
    }
    run.add(record);
  }
  return run;
}

/** A run over two addresses, one of which drops its connections every second; results of this build know the details. */
export function droppingRun(): Run {
  const plan = makePlan({ duration_ms: 10_000 });
  const [header, ...records] = makeRecords({ plan, seconds: 10 });
  const run = new Run({ ...(header as ReturnType<typeof makeHeader>) });
  const wait = new Histogram();
  wait.record(40_000);
  const address = (name: string, totals: number): AddressData => ({
    address: name,
    connections: 1,
    streams_in_flight: 2,
    opening: 0,
    stream_limit: 100,
    reconnects_total: totals,
    lost_total: totals,
    failed_total: 0,
    goaways_total: totals,
    sent_bytes_total: 1000 * totals,
    received_bytes_total: 2000 * totals,
    sent_messages_total: 10 * totals,
    received_messages_total: 20 * totals,
  });
  for (const record of records) {
    if (record.type === "interval") {
      const { index } = record;
      const at_ms = 1000 * index + 5;
      record.connections = record.connections.map((one) => {
        const addresses = [address("10.0.0.1:50051", index), address("10.0.0.2:50051", 0)];
        const words = `GOAWAY (ENHANCE_YOUR_CALM: too_many_pings <b>${index}</b>)`;
        const note = { kind: "goaway" as const, address: "10.0.0.1:50051", count: 1, first_ms: at_ms, last_ms: at_ms };
        return {
          ...one,
          reconnects_total: index,
          ...mergeLinks(addresses),
          addresses,
          wait: wait.toData(),
          notes: [{ ...note, text: words }],
        };
      });
    }
    run.add(record);
  }
  return run;
}

/** A run of which nothing was measured: stopped before its first second. */
export function emptyRun(): Run {
  const run = new Run(makeHeader(makePlan()));
  run.add({ type: "end", t_ms: 300, reason: "stopped", text: "stopped by the user", unaccounted: 0 });
  return run;
}

/** A run whose every call failed. */
export function allFailedRun(): Run {
  return makeRun({ seconds: 10, errors: 1.1, gpu: false });
}

/** A run cut off by kill -9: no end mark. */
export function incompleteRun(): Run {
  return makeRun({ seconds: 12, complete: false });
}

/** Ten seconds whose last nine calls the end of the run cut off, six of them overdue. */
export function unfinishedRun(): Run {
  const run = makeRun({ seconds: 10, complete: false });
  const series = new Series();
  series.outcomes.unfinished = series.issued = 9;
  series.count("overdue", 6);
  for (let i = 0; i < 9; i++) series.censored.record(5_000_000);
  run.add(intervalWith(10, [], [series.toData("llm.chat_stream", 1)]));
  run.add({ type: "end", t_ms: 11_000, reason: "completed", text: "", unaccounted: 0 });
  return run;
}

/** Ten seconds, then kill -9 with three calls in flight. */
export function killedRun(): Run {
  const run = makeRun({ seconds: 10, complete: false });
  const series = new Series();
  series.issued = 3;
  run.add(intervalWith(10, [], [series.toData("llm.chat_stream", 1)]));
  return run;
}

/** Text that a server may send to whoever reads the report. */
export const HOSTILE =
  `</script><script>alert(1)</script><img src=x onerror="alert(2)">'"&\u2028\u2029\u001b[31mred\u001b]0;title\u0007\u202ereversed\r\nnext`;

/** A run in which everything that comes from outside is hostile. */
export function hostileRun(): Run {
  const plan = makePlan({ scenario: HOSTILE, description: HOSTILE });
  const [header, ...records] = makeRecords({ plan, seconds: 10 });
  const run = new Run({ ...(header as ReturnType<typeof makeHeader>) });
  for (const service of run.header.services) service.details = HOSTILE;
  run.header.host.name = HOSTILE;
  for (const record of records) {
    if (record.type === "gpu") record.name = HOSTILE;
    run.add(record);
  }
  run.add({ type: "event", t_ms: 1000, kind: "worker_failed", text: HOSTILE });
  run.add(intervalWith(9, [{ ...failure, example: HOSTILE, pattern: HOSTILE, type: HOSTILE }]));
  return run;
}

const failure: FailureData = {
  operation: "tts.synthesize",
  outcome: "failed",
  code: 13,
  type: "INTERNAL",
  pattern: "",
  example: "",
  count: 1,
  first_ms: 9000,
  last_ms: 9000,
};

function intervalWith(index: number, failures: FailureData[], series: IntervalRecord["series"] = []): IntervalRecord {
  return {
    type: "interval",
    index,
    series,
    failures,
    users: 1,
    in_flight: 0,
    connections: [],
    generator: noGenerator(),
    turns: [],
  };
}

/** A run of `count` operations for `seconds`, a call of each a second. */
export function manyOperations(count: number, seconds: number): Run {
  const run = new Run(makeHeader(makePlan({ duration_ms: seconds * 1000 })));
  for (let index = 0; index < seconds; index++) {
    const series = Array.from({ length: count }, (_, k) => {
      const one = new Series();
      one.issued = one.outcomes.ok = 1;
      one.histogram("latency").record(1000 * (k + 1) + index);
      return one.toData(`op.${String(k).padStart(2, "0")}`, 0);
    });
    run.add(intervalWith(index, [], series));
  }
  run.add({ type: "end", t_ms: seconds * 1000, reason: "completed", text: "", unaccounted: 0 });
  return run;
}

/** A day and a half, thinned by the timeline to slots of many seconds. */
export function longRun(): Run {
  const seconds = 36 * 3600;
  const plan = makePlan({
    duration_ms: seconds * 1000,
    stages: [holdStage(seconds * 1000)],
  });
  const run = new Run(makeHeader(plan));
  const one = new Series();
  one.issued = one.outcomes.ok = 2;
  one.histogram("latency").record(200_000);
  one.histogram("latency").record(300_000);
  const series = [one.toData("llm.chat_stream", 0)];
  for (let index = 0; index < seconds; index += 30) run.add(intervalWith(index, [], series));
  run.add({ type: "end", t_ms: seconds * 1000, reason: "completed", text: "", unaccounted: 0 });
  return run;
}

/** Every case by name. */
export const CASES: ReadonlyArray<readonly [name: string, make: () => Run]> = [
  ["usual", usualRun],
  ["empty", emptyRun],
  ["all failed", allFailedRun],
  ["incomplete", incompleteRun],
  ["hostile", hostileRun],
  ["60 operations", () => manyOperations(60, 30)],
  ["very long", longRun],
  ["speech", speechRun],
  ["open load", () => openRun({ timeouts: 1, operations: ["tts.synthesize_stream"] })],
  ["unary", unaryRun],
  ["spike", spikeRun],
];

/** Those that cost little, for tests of forms that are as long as the run is. */
export const SMALL_CASES = CASES.filter(([name]) => name !== "60 operations" && name !== "very long");

/** The verdict that goes with a run. */
export const verdictOf = evaluate;
