/** Checks on replies: compiled once, then applied to each reply as JSON. */
import { UserError } from "../../plan/errors.ts";
import { parsePattern, type Pattern } from "../../plan/pattern.ts";
import type { Check, Json } from "../../plan/protocols.ts";
import { type Fault, semantic } from "../core/outcome.ts";
import { oneLine } from "../core/text.ts";

/** Returns what is wrong with a reply, or null. `undefined` stands for a reply that is not JSON. */
export type Judge = (reply: Json | undefined) => Fault | null;

/** One step of a path: a field's name, or an index. */
type Step = string | number;

/** Longest value that a fault shows; characters. */
const MAX_TOLD = 60;

/**
 * Makes a judge of checks. Its fault, of class `semantic:check`, is that of the first check that does not hold.
 * @throws {UserError} kind `config` for a path or an expression that cannot be read
 */
export function compileChecks(checks: readonly Check[]): Judge {
  const judges = checks.map(compileCheck);
  return (reply) => {
    if (judges.length === 0) return null;
    if (reply === undefined) return semantic("check", "The reply is not JSON, so the check cannot read it");
    for (const judge of judges) {
      const complaint = judge(reply);
      if (complaint !== null) return semantic("check", complaint);
    }
    return null;
  };
}

function compileCheck({ path, equals, matches }: Check): (reply: Json) => string | null {
  const steps = parsePath(path);
  const pattern = matches === null ? null : compilePattern(matches);
  const what = path === "" ? "The reply" : `The reply's ${path}`;
  return (reply) => {
    const found = valueAt(reply, steps);
    if (found === undefined) return `${what} is missing`;
    if (equals !== null && !sameJson(found, equals)) return `${what} is ${shown(found)}, not ${shown(equals)}`;
    if (pattern !== null && !pattern.test(textOf(found))) return `${what} does not match ${shown(matches)}`;
    if (equals === null && pattern === null && isEmpty(found)) return `${what} is empty`;
    return null;
  };
}

/**
 * The steps of a path such as `results[0].text`; a name with a dot or bracket is written `["a.b"]`.
 * @throws {UserError} kind `config` for a path that cannot be read
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(parsePath('results[0]["a.b"].text'), ["results", 0, "a.b", "text"]);
 * ```
 */
export function parsePath(path: string): Step[] {
  const steps: Step[] = [];
  const piece = /(?:^|\.)([^.[\]"]+)|\[(\d+)\]|\["([^"]*)"\]/y;
  for (let at = 0; at < path.length; at = piece.lastIndex) {
    piece.lastIndex = at;
    const match = piece.exec(path);
    if (match === null) {
      throw new UserError("config", `Cannot read the path "${path}" of a check: write it as results[0].text`);
    }
    steps.push(match[2] !== undefined ? Number(match[2]) : (match[1] ?? match[3]) as string);
  }
  return steps;
}

function compilePattern(matches: string): Pattern {
  const read = parsePattern(matches);
  if (!read.ok) throw new UserError("config", `${read.error} (a check's \`matches\`)`);
  return read.value;
}

function valueAt(reply: Json, steps: readonly Step[]): Json | undefined {
  let value: Json | undefined = reply;
  for (const step of steps) {
    if (typeof value !== "object" || value === null) return undefined;
    if (Array.isArray(value)) value = typeof step === "number" ? value[step] : undefined;
    else value = Object.hasOwn(value, step) ? value[String(step)] : undefined;
  }
  return value;
}

function isEmpty(value: Json): boolean {
  if (value === null || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** Whether two values are the same JSON; the order of an object's fields does not matter. */
function sameJson(one: Json, other: Json): boolean {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return one === other;
  const [names, others] = [Object.keys(one), Object.keys(other)];
  if (Array.isArray(one) !== Array.isArray(other) || names.length !== others.length) return false;
  const [a, b] = [one as { [name: string]: Json }, other as { [name: string]: Json }];
  return names.every((name) => Object.hasOwn(b, name) && sameJson(a[name] as Json, b[name] as Json));
}

const textOf = (value: Json): string => typeof value === "string" ? value : JSON.stringify(value);

function shown(value: Json): string {
  const text = oneLine(JSON.stringify(value));
  return text.length <= MAX_TOLD ? text : `${text.slice(0, MAX_TOLD - 1)}…`;
}
