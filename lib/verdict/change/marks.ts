/** Stretches and instants of a run that charts mark and sentences name, whatever they are of: one list for all of them. */
import { isSlowed, SLOW_REASONS, type SlowReason } from "../../measure/clock_events.ts";
import { gpuLabel } from "../../measure/gpus.ts";
import type { ConnectionData } from "../../measure/interval.ts";
import type { GpuSample } from "../../measure/resource.ts";
import type { EventKind } from "../../result/event_kinds.ts";
import { gpuReadings } from "../../result/gpu_readings.ts";
import type { Readings } from "../../result/readings.ts";
import type { Run } from "../../result/run.ts";
import type { Span } from "../../result/spans.ts";
import { isSteered } from "../../result/steered_plan.ts";
import { silences } from "../resource_gaps.ts";

/** What a mark is of. */
export type MarkKind =
  | SlowReason
  /** A service ended or began again, or the kernel killed of it. */
  | "service"
  /** Connections were lost and opened again, or calls moved to another. */
  | "connection"
  /** june-load stood still, or lacked something of this machine. */
  | "generator"
  | "pause"
  | "steered"
  /** No reading came although one should have. */
  | "unread";

/** One marked stretch, or an instant. */
export interface Mark {
  kind: MarkKind;
  /** `GPU 1 at its power limit`: the same for all stretches of one story. */
  name: string;
  start_ms: number;
  /** Null for an instant. */
  end_ms: number | null;
}

const SLOWED: Readonly<Record<SlowReason, string>> = {
  power_capped: "at its power limit",
  heat_slowed: "slowed by heat",
  hardware_slowed: "slowed by its hardware",
};

/** Events that are marked as instants, and what they are called together. */
const EVENTS: Readonly<Partial<Record<EventKind, Pick<Mark, "kind" | "name">>>> = {
  process_gone: { kind: "service", name: "a service ended" },
  process_restarted: { kind: "service", name: "a service restarted" },
  oom_killed: { kind: "service", name: "the kernel killed a service for memory" },
  worker_failed: { kind: "generator", name: "a worker of june-load failed" },
  local_shortage: { kind: "generator", name: "june-load lacked ports, files or memory" },
};

/** Stretches of one story with less between them are one: a share of the run, and a least time. */
const BRIDGE_SHARE = 0.004;
const BRIDGE_MS = 2500;
/** More stretches of one story would hide the lines. */
const MAX_STRETCHES = 40;

/**
 * All marks of a run, by story and then rising.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../../tests/result/make_run.ts"; // sixty made-up seconds, power-capped while it is slow
 *
 * const marks = marksOf(makeRun({ slowFrom: 20, slowTo: 40 }));
 * assert.deepEqual(marks.map(({ name, start_ms, end_ms }) => [name, start_ms, end_ms]), [
 *   ["GPU 0 at its power limit", 20_030, 40_030],
 * ]);
 * ```
 */
export function marksOf(run: Run): Mark[] {
  const bridge_ms = Math.max(BRIDGE_MS, BRIDGE_SHARE * run.elapsed_ms);
  const stretches = (kind: MarkKind, name: string, spans: readonly Span[]): Mark[] =>
    joined(spans, bridge_ms).map((span) => ({ kind, name, ...span }));
  return [
    ...gpuReadings(run).flatMap(({ first, readings }) => [
      ...SLOW_REASONS.flatMap((reason) =>
        stretches(reason, `${gpuLabel(first)} ${SLOWED[reason]}`, slowedSpans(readings, reason))
      ),
      ...stretches("unread", `${gpuLabel(first)} not read`, silences(run, readings.times_ms)),
    ]),
    ...connectionTotals(run).flatMap(({ name, spans }) => stretches("connection", name, spans)),
    ...stretches("generator", "june-load stood still", stallsOf(run)),
    ...stretches("pause", "load paused", run.plan.pauses ?? []),
    ...instants(run),
  ];
}

/** Stretches in which readings of one GPU name a reason why its clocks are held back. */
export function slowedSpans(readings: Readings<GpuSample>, reason: SlowReason): Span[] {
  const { times_ms } = readings;
  const spans: Span[] = [];
  for (const [i, mask] of readings.column("clock_event_mask").entries()) {
    if (isSlowed(mask, reason) !== true) continue;
    const t_ms = times_ms[i] as number;
    const end_ms = Math.min(times_ms[i + 1] ?? t_ms + 1000, t_ms + MAX_GAP_MS);
    const last = spans.at(-1);
    if (last !== undefined && last.end_ms >= t_ms) last.end_ms = end_ms;
    else spans.push({ start_ms: t_ms, end_ms });
  }
  return spans;
}

/** A larger gap between readings ends a stretch. */
const MAX_GAP_MS = 5000;

/** What is told of connections to a service, and the total that rises when it happens. */
const CONNECTION_TOTALS: ReadonlyArray<
  readonly [name: (service: string) => string, of: (one: ConnectionData) => number]
> = [
  [
    (service) => `connections to ${service} lost and opened again`,
    ({ reconnects_total, moves_total }) => reconnects_total + moves_total,
  ],
  [(service) => `GOAWAY from ${service}`, ({ goaways_total }) => goaways_total ?? 0],
  [(service) => `connections to ${service} could not be opened`, ({ failed_total }) => failed_total ?? 0],
];

/** The seconds in which each total of each service rose. */
function connectionTotals({ slots, plan }: Run): Array<{ name: string; spans: Span[] }> {
  // Each slot is unpacked when it is read: once for all services.
  const seen = slots.map(({ start_ms, length_ms, connections }) => ({ start_ms, length_ms, connections }));
  return plan.services.flatMap(({ name: service }) => {
    const own = seen.map(({ connections }) => connections.find((one) => one.service === service));
    return CONNECTION_TOTALS.map(([name, of]) => {
      const totals = own.map((one) => one === undefined ? 0 : of(one));
      const spans = seen.flatMap(({ start_ms, length_ms }, i) =>
        (totals[i] as number) > (totals[i - 1] ?? 0) ? [{ start_ms, end_ms: start_ms + length_ms }] : []
      );
      return { name: name(service), spans };
    });
  });
}

function stallsOf({ generator }: Run): Span[] {
  return (generator.stalls ?? []).map(({ start_ms, length_ms }) => ({ start_ms, end_ms: start_ms + length_ms }))
    .sort((a, b) => a.start_ms - b.start_ms);
}

/** Events, and changes of the load but for pauses and resets of statistics, which change none. */
function instants(run: Run): Mark[] {
  const events = run.events.flatMap(({ kind, t_ms }): Mark[] => {
    const known = Object.hasOwn(EVENTS, kind) ? EVENTS[kind] : undefined;
    return known === undefined ? [] : [{ ...known, start_ms: Math.max(0, t_ms), end_ms: null }];
  });
  const steered = run.events.filter(isSteered)
    .filter(({ change }) => !["pause", "resume", "reset_statistics"].includes(change.type))
    .map(({ at_ms }): Mark => ({ kind: "steered", name: "load changed by hand", start_ms: at_ms, end_ms: null }));
  const byName = Map.groupBy([...events, ...steered], ({ name }) => name);
  return [...byName.values()].flatMap((list) => list.slice(0, MAX_STRETCHES));
}

/** @param spans rising */
function joined(spans: readonly Span[], bridge_ms: number): Span[] {
  const found: Span[] = [];
  for (const { start_ms, end_ms } of spans) {
    const last = found.at(-1);
    if (last !== undefined && start_ms - last.end_ms <= bridge_ms) last.end_ms = Math.max(last.end_ms, end_ms);
    else found.push({ start_ms, end_ms });
  }
  if (found.length <= MAX_STRETCHES) return found;
  const longest = found.toSorted((a, b) => (b.end_ms - b.start_ms) - (a.end_ms - a.start_ms)).slice(0, MAX_STRETCHES);
  return longest.sort((a, b) => a.start_ms - b.start_ms);
}
