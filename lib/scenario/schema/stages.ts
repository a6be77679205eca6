/** The keys of stages and of targets over time: users or arrivals. */
import { MAX_RATE_PER_S, MAX_USERS } from "../../plan/load_limits.ts";
import type { InputFile } from "../../plan/plan.ts";
import { formatCount, parseRate } from "../../plan/units.ts";
import { parseOffsets } from "../../schedule/replay.ts";
import { scalarOrMap, transform } from "../shape/containers.ts";
import { existingPath } from "../shape/paths.ts";
import { boolean, duration, integer, number } from "../shape/scalars.ts";
import {
  type Context,
  type JsonSchema,
  maybe,
  object,
  optional,
  required,
  scalar,
  type Shape,
} from "../shape/shape.ts";
import type { ScalarTree } from "../read/tree.ts";

/** Users, or arrivals per second, over one stretch of time. */
export type Target =
  | { kind: "linear"; from: number; to: number }
  | { kind: "sine"; mean: number; amplitude: number; period_ms: number };

interface TargetSpec {
  expected: string;
  schema: JsonSchema;
  /** Reads one value of the target; null if it cannot. */
  read(text: string): number | null;
  /** Shape of the mean and the amplitude of a sine. */
  value: Shape<number>;
}

function target(spec: TargetSpec): Shape<Target> {
  const text: Shape<Target> = scalar({
    expected: spec.expected,
    schema: spec.schema,
    read(tree: ScalarTree) {
      const [from, to, ...more] = tree.text.split(/\s+to\s+/).map(spec.read);
      if (from === undefined || from === null || to === null || more.length > 0) return null;
      return { value: { kind: "linear", from, to: to ?? from } };
    },
  });
  const sine: Shape<Target> = transform(
    object({
      mean: required(spec.value, 20, "Mean of the wave, and its first value."),
      amplitude: required(spec.value, 10, "How far it goes above and below the mean; it never goes below 0."),
      period: required(duration("1s", "7d"), "1m", "Length of one wave."),
    }),
    ({ mean, amplitude, period }) => ({
      kind: "sine",
      mean: mean.value,
      amplitude: amplitude.value,
      period_ms: period.value,
    }),
  );
  return scalarOrMap(text, sine);
}

const users = target({
  expected: `users, such as 10 or "10 to 100" (at most ${formatCount(MAX_USERS)})`,
  schema: {
    anyOf: [{ type: "integer", minimum: 0, maximum: MAX_USERS }, {
      type: "string",
      pattern: "^\\s*\\d+(\\s+to\\s+\\d+)?\\s*$",
    }],
  },
  read: (text) => inRange(/^\s*\d+\s*$/.test(text) ? Number(text) : null, MAX_USERS),
  value: number(0, MAX_USERS, { above: true }),
});

const RATE = "\\d+(\\.\\d+)?(\\s*/\\s*[smh])?";

/** Arrivals: a rate, a ramp from one to another, or a wave. A number without a unit is per second. */
export const rateTarget: Shape<Target> = target({
  expected: `a rate, such as "50/s", "300/m" or "5/s to 50/s" (at most ${formatCount(MAX_RATE_PER_S)}/s)`,
  schema: {
    anyOf: [{ type: "number", minimum: 0, maximum: MAX_RATE_PER_S }, {
      type: "string",
      pattern: `^\\s*${RATE}(\\s+to\\s+${RATE})?\\s*$`,
    }],
  },
  read: readRate,
  value: scalar({
    expected: 'a rate above 0, such as "50/s"',
    schema: {
      anyOf: [{ type: "number", exclusiveMinimum: 0, maximum: MAX_RATE_PER_S }, {
        type: "string",
        pattern: `^\\s*${RATE}\\s*$`,
      }],
    },
    read(tree) {
      const value = readRate(tree.text);
      return value === null || value === 0 ? null : { value };
    },
  }),
});

function readRate(text: string): number | null {
  const trimmed = text.trim();
  const parsed = parseRate(/^\d+(\.\d+)?$/.test(trimmed) ? `${trimmed}/s` : trimmed);
  return inRange(parsed.ok ? parsed.value : null, MAX_RATE_PER_S);
}

function inRange(value: number | null, max: number): number | null {
  return value !== null && value <= max ? value : null;
}

/** A checked file of recorded arrivals. */
export interface Replay {
  file: InputFile;
  arrivals: number;
  /** Offset of the last one; milliseconds. */
  last_ms: number;
}

const replay: Shape<Replay> = transform(
  existingPath("a file of arrivals, one offset a line"),
  (path, { at, path: key }, context) => {
    const text = readText(path, at, key, context);
    if (text === null) return undefined;
    const recording = parseOffsets(text);
    if (!recording.ok) {
      context.problems.add(`${path}:${recording.line}:1`, "", recording.error);
      return undefined;
    }
    const { offsets } = recording;
    return { file: { path, at }, arrivals: offsets.length, last_ms: offsets[offsets.length - 1]! / 1000 };
  },
);

function readText(path: string, at: string, key: string, context: Context): string | null {
  try {
    return context.readText(path);
  } catch (error) {
    context.problems.add(at, key, `Cannot read ${JSON.stringify(path)}: ${(error as Error).message}`);
    return null;
  }
}

/** One stage of a load. */
export const stage = object({
  duration: maybe(
    duration("100ms", "7d"),
    "required; for a replay, until its last arrival",
    "Length of the stage.",
    "1m",
  ),
  users: maybe(
    users,
    "none",
    'Users of a closed load: a number (`10`), a ramp (`"10 to 100"`), or waves.',
    "10 to 100",
  ),
  rate: maybe(
    rateTarget,
    "none",
    'Arrivals of an open load: a rate (`"50/s"`), a ramp (`"5/s to 50/s"`), or waves.',
    "5/s to 50/s",
  ),
  steps: maybe(
    integer(2, 1_000),
    "an even slope",
    "With a ramp: the number of steps of equal length, from the first value to the last.",
    5,
  ),
  replay: maybe(
    replay,
    "none",
    "Recorded arrivals of an open load: a file with one offset from the stage's start per line, in rising order, in seconds (`12.5`) or with a unit (`250ms`); or a trace with timestamps, as Mooncake and AIPerf write them.",
    "monday.txt",
  ),
  warm_up: optional(boolean, false, "Thresholds ignore a warm-up."),
});

/** Decoded stage. */
export type StageSettings = NonNullable<ReturnType<typeof stage.decode>>;
