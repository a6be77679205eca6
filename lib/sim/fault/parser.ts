/** Parses the text form of faults in flags: `[service.]name[=value]`. */
import { UserError } from "../../plan/errors.ts";
import type { VoiceKind } from "../../plan/plan.ts";
import { didYouMean } from "../../plan/nearest.ts";
import { parseDuration, parseRatio } from "../../plan/units.ts";
import { STATUS_NAMES } from "../../transport/status.ts";
import type { Fault, FaultEffect, FaultKind } from "./fault.ts";

/** One effect's text form. */
interface FaultForm {
  /** Form of the value after `=`; empty: no value. */
  value: string;
  /** Line of help. */
  summary: string;
  /** Reads the value; throws a plain Error with the reason when it cannot. */
  read(value: string): FaultEffect;
}

/** Every fault by name, with the form of its value and a line of help. */
export const FAULT_FORMS: Readonly<Record<FaultKind, FaultForm>> = {
  error_rate: {
    value: "RATE[:STATUS]",
    summary: "share of calls that fail, e.g. 5%, 0.05 or 5%:UNAVAILABLE (default INTERNAL)",
    read: readErrorRate,
  },
  in_band_error_rate: {
    value: "RATE",
    summary: "share of calls that end OK with an error inside",
    read: (value) => ({ kind: "in_band_error_rate", rate: readRate(value) }),
  },
  empty_rate: {
    value: "RATE",
    summary: "share of calls that end OK without content",
    read: (value) => ({ kind: "empty_rate", rate: readRate(value) }),
  },
  stall: {
    value: "AT+FOR",
    summary: "no answers from AT for FOR, e.g. 9s+2s",
    read: (value) => {
      const [at_ms, for_ms] = readPair(value, "+", "two durations joined by +, such as 9s+2s");
      return { kind: "stall", at_ms: readDuration(at_ms), for_ms: readDuration(for_ms) };
    },
  },
  slow_start: {
    value: "FOR[*FACTOR]",
    summary: "slow by FACTOR (default 5) at first, normal after FOR, e.g. 10s*4",
    read: (value) => {
      const [for_ms, factor] = value.includes("*") ? readPair(value, "*", "a duration and a factor") : [value, "5"];
      return { kind: "slow_start", for_ms: readDuration(for_ms), factor: readPositive(factor, "factor") };
    },
  },
  latency_factor: {
    value: "FACTOR",
    summary: "everything takes FACTOR times as long",
    read: (value) => ({ kind: "latency_factor", factor: readPositive(value, "factor") }),
  },
  drop_connections_every: {
    value: "DURATION",
    summary: "cut all connections again and again",
    read: (value) => ({ kind: "drop_connections_every", every_ms: readInterval(value) }),
  },
  goaway_every: {
    value: "DURATION",
    summary: "send GOAWAY on all connections again and again",
    read: (value) => ({ kind: "goaway_every", every_ms: readInterval(value) }),
  },
  rate_limit: {
    value: "COUNT",
    summary: "calls a minute and user; more are refused",
    read: (value) => ({ kind: "rate_limit", per_minute: Math.ceil(readPositive(value, "count")) }),
  },
  refuse: { value: "", summary: "do not listen", read: () => ({ kind: "refuse" }) },
  unhealthy: { value: "", summary: "health checks say not healthy", read: () => ({ kind: "unhealthy" }) },
};

const SERVICES: readonly VoiceKind[] = ["stt", "llm", "tts"];
const NAMES = Object.keys(FAULT_FORMS) as FaultKind[];

/**
 * Reads `llm.error_rate=0.05`, `stall=9s+2s`, `tts.refuse`; without a service the fault applies to all three.
 * @throws {UserError} of kind `usage`, with the allowed words and the most similar one
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseFault("llm.error_rate=0.05"), { kind: "error_rate", code: 13, rate: 0.05, service: "llm" });
 * assert.throws(() => parseFault("llm.eror_rate=0.05"), /did you mean "error_rate"/);
 * ```
 */
export function parseFault(text: string): Fault {
  try {
    const equals = text.indexOf("=");
    const left = equals < 0 ? text : text.slice(0, equals);
    const dot = left.indexOf(".");
    const service = dot < 0 ? null : known(left.slice(0, dot), SERVICES, "service");
    const kind = known(left.slice(dot + 1), NAMES, "fault");
    return { ...readValue(kind, equals < 0 ? null : text.slice(equals + 1)), service };
  } catch (error) {
    throw new UserError("usage", `Cannot read the fault "${text}": ${(error as Error).message}`);
  }
}

function readValue(kind: FaultKind, value: string | null): FaultEffect {
  const form = FAULT_FORMS[kind];
  if (form.value === "" && value !== null) throw new Error(`"${kind}" takes no value`);
  if (form.value !== "" && !value) throw new Error(`"${kind}" needs a value: ${kind}=${form.value}`);
  return form.read(value ?? "");
}

function known<T extends string>(word: string, words: readonly T[], what: string): T {
  const found = words.find((candidate) => candidate === word);
  if (found !== undefined) return found;
  throw new Error(`there is no ${what} "${word}"${didYouMean(word, words)} (allowed: ${words.join(", ")})`);
}

function readErrorRate(value: string): FaultEffect {
  const colon = value.indexOf(":");
  if (colon < 0) return { kind: "error_rate", rate: readRate(value), code: STATUS_NAMES.indexOf("INTERNAL") };
  const name = known(value.slice(colon + 1).toUpperCase(), STATUS_NAMES, "status");
  if (name === "OK") throw new Error("OK is not an error");
  return { kind: "error_rate", rate: readRate(value.slice(0, colon)), code: STATUS_NAMES.indexOf(name) };
}

function readRate(value: string): number {
  const read = parseRatio(value);
  if (!read.ok) throw new Error(read.error);
  if (read.value > 1) throw new Error(`"${value}" is more than 100%`);
  return read.value;
}

function readPositive(value: string, what: string): number {
  const number = /^\d*\.?\d+$/.test(value) ? Number(value) : NaN;
  if (!(number > 0 && number <= 1e6)) {
    throw new Error(`"${value}" is not a ${what}; use a number above 0, up to 1000000`);
  }
  return number;
}

function readPair(value: string, mark: string, form: string): [string, string] {
  const at = value.indexOf(mark);
  if (at < 0) throw new Error(`"${value}" must be ${form}`);
  return [value.slice(0, at), value.slice(at + 1)];
}

/** Shortest interval of a repeated fault; a shorter one would leave time for nothing else. Milliseconds. */
const SHORTEST_INTERVAL_MS = 10;

function readInterval(value: string): number {
  const every_ms = readDuration(value);
  if (every_ms < SHORTEST_INTERVAL_MS) {
    throw new Error(`"${value}" is too short; use ${SHORTEST_INTERVAL_MS}ms or more`);
  }
  return every_ms;
}

function readDuration(value: string): number {
  const read = parseDuration(value);
  if (!read.ok) throw new Error(read.error);
  return read.value / 1000;
}
