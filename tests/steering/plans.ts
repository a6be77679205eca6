/** Plans and changes for tests of steering, drawn at random. */
import fc from "fast-check";
import type { ClosedLoad, LoadPlan, LoadSegment, OpenLoad, Plan, Stage } from "../../lib/plan/plan.ts";
import type { Change } from "../../lib/plan/steering.ts";
import { AT_ONCE, constantPause, task } from "../plans.ts";
import { makePlan } from "../result/make_run.ts";
import type { Ask } from "./virtual.ts";

/** A file of recorded arrivals, every 130 ms and two at once. */
export const OFFSETS = Float64Array.from({ length: 60 }, (_, i) => Math.floor(i / 2) * 260_000);
const FILE = { path: "/offsets.txt", at: "test:1:1" };

type Piece = (start_ms: number, end_ms: number) => LoadSegment;

/** A course that begins and ends at given targets. */
export const linear = (from: number, to = from): Piece => (start_ms, end_ms) => (
  { kind: "linear", start_ms, end_ms, from, to }
);
/** A course that waves. */
export const sine = (mean: number, amplitude: number, period_ms: number): Piece => (start_ms, end_ms) => (
  { kind: "sine", start_ms, end_ms, mean, amplitude, period_ms }
);
const replay: Piece = (start_ms, end_ms) => {
  const arrivals = OFFSETS.filter((us) => us < (end_ms - start_ms) * 1000).length;
  return { kind: "replay", start_ms, end_ms, file: FILE, arrivals };
};

/** Courses one after another, each a stage. */
export function staged(load: number, pieces: readonly [piece: Piece, length_ms: number][]) {
  let end_ms = 0;
  const courses: LoadSegment[] = [];
  const stages: Stage[] = [];
  for (const [index, [piece, length_ms]] of pieces.entries()) {
    const start_ms = end_ms;
    end_ms += length_ms;
    courses.push(piece(start_ms, end_ms));
    stages.push({ name: `${load}.${index}`, load, start_ms, end_ms, warm_up: false });
  }
  return { courses, stages };
}

/** Arrivals with such courses. */
export function openLoad(courses: LoadSegment[], change: Partial<OpenLoad> = {}): OpenLoad {
  const limits = { max_in_flight: 100_000, max_wait_ms: 1000 };
  return { kind: "open", name: "open", spacing: "constant", ...limits, courses, ...change };
}

/** Users with such courses who do one task after another. */
export function closedLoad(courses: LoadSegment[], change: Partial<ClosedLoad> = {}): ClosedLoad {
  return { kind: "closed", name: "closed", users: 1000, courses, think_time: constantPause(0), ...AT_ONCE, ...change };
}

/** A plan of such loads, each with a task of its own. */
export function planOf(loads: LoadPlan[], stages: Stage[]): Plan {
  const tasks = loads.map((_, load) => ({ ...task("llm.chat"), operation: `task${load}`, load }));
  const duration_ms = Math.max(...stages.map(({ end_ms }) => end_ms));
  return makePlan({ loads, stages, duration_ms, tasks, grace_ms: 5000, thresholds: [] });
}

const level = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.double({ min: 0, max: 40, noNaN: true }));
const wave = fc.tuple(
  fc.double({ min: 1, max: 30, noNaN: true }),
  fc.double({ min: 0.5, max: 40, noNaN: true }),
  fc.integer({ min: 700, max: 9000 }),
).map((of) => sine(...of));
const ramp = fc.tuple(level, level).map(([from, to]) => linear(from, to));
const flat = level.map((target) => linear(target));
const length_ms = fc.integer({ min: 300, max: 9000 });

function pieces(...kinds: fc.Arbitrary<Piece>[]) {
  return fc.array(fc.tuple(fc.oneof(...kinds), length_ms), { minLength: 1, maxLength: 4 });
}

const anyOpen = fc.tuple(pieces(flat, ramp, wave, fc.constant(replay)), fc.constantFrom("constant", "poisson"));
const anyClosed = pieces(flat, ramp, wave);

/** Plans of one open load. */
export const openPlan: fc.Arbitrary<Plan> = anyOpen.map(([some, spacing]) => {
  const { courses, stages } = staged(0, some);
  return planOf([openLoad(courses, { spacing })], stages);
});

/** Plans of one closed load. */
export const closedPlan: fc.Arbitrary<Plan> = anyClosed.map((some) => {
  const { courses, stages } = staged(0, some);
  return planOf([closedLoad(courses)], stages);
});

/** Plans of a closed load beside an open one. */
export const mixedPlan: fc.Arbitrary<Plan> = fc.tuple(anyClosed, anyOpen).map(([users, [some, spacing]]) => {
  const [closed, open] = [staged(0, users), staged(1, some)];
  const loads = [closedLoad(closed.courses), openLoad(open.courses, { spacing })];
  return planOf(loads, [...closed.stages, ...open.stages]);
});

const anyChange: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("target" as const),
      load: fc.constantFrom(null, "open", "closed"),
      target: fc.integer({ min: 0, max: 60 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("scale" as const),
      factor: fc.oneof(fc.constantFrom(0.9, 1.1, 2), fc.double({ min: 0.2, max: 3, noNaN: true })),
    }),
  },
  { weight: 3, arbitrary: fc.constantFrom<Change>({ type: "pause" }, { type: "resume" }) },
  { weight: 2, arbitrary: fc.constantFrom<Change>({ type: "next_stage" }, { type: "reset_statistics" }) },
);

/** Changes at any instants, whether or not they can be made; some in quick succession. */
export const anyAsks: fc.Arbitrary<Ask[]> = fc.array(
  fc.record({
    after_ms: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 6000 })),
    change: anyChange,
  }),
  { maxLength: 8 },
).map((list) => {
  let ask_ms = 0;
  return list.map(({ after_ms, change }) => ({ ask_ms: ask_ms += after_ms, change }));
});
