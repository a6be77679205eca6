/** One run with a fault planted, and what came of it. */
import type { Verdict } from "../../../lib/verdict/verdict.ts";
import { type FaultName, plant } from "./faults.ts";
import { type Kind, type Rule, ruleText, scenarioFile, type Shape, truthOf } from "./loads.ts";
import type { Service } from "./service.ts";
import { runTool } from "./tool.ts";

/** Length of a run's load. */
const SECONDS = 8;

/** What is run. */
export interface Case {
  fault: FaultName;
  kind: Kind;
  shape: Shape;
  rule: Rule;
}

/** What came of it. */
export interface Came {
  status: Verdict["status"];
  sentence: string;
  calls: number;
  tainted: number;
  /** Time in which june-load saw itself stand still. */
  stalled_ms: number;
}

/** A case in words. */
export function nameOf({ fault, kind, shape, rule }: Case): string {
  return `${fault}: ${kind}, ${shape} load, ${rule}`;
}

/** Runs a case; a string: why it cannot be run here. */
export async function runCase(one: Case, service: Service, clip: string): Promise<Came | string> {
  const planted = plant(one.fault);
  if (typeof planted === "string") return planted;
  const thresholds = [ruleText(one.kind, one.rule), "error_rate < 1%"];
  const file = scenarioFile(service, { ...one, thresholds, seconds: SECONDS, clip });
  try {
    const { run, verdict, code, told } = await runTool({ file, ...planted });
    const expected = { PASS: 0, FAIL: 99, INVALID: 5 }[verdict.status];
    if (code !== expected) throw new Error(`Exit ${code} where the result says ${verdict.status}:\n${told}`);
    const { issued, tainted_calls } = run.total();
    return {
      ...verdict,
      calls: issued,
      tainted: tainted_calls,
      stalled_ms: run.generator.stalled_ms ?? 0,
    };
  } finally {
    await planted.remove?.();
  }
}

/** Whether a verdict blames the right side: it is that of an undisturbed run, or there is none. */
export function blamesRight({ rule }: Case, { status }: Came): boolean {
  return status === "INVALID" || status === truthOf(rule);
}

/** Runs all, some at the same time; each is handed on as soon as it is there. */
export function inTurns<T, R>(list: readonly T[], at_once: number, run: (one: T) => Promise<R>): Promise<R>[] {
  const waiting = list.map(() => Promise.withResolvers<R>());
  let next = 0;
  const lane = async () => {
    for (let at = next++; at < list.length; at = next++) {
      await run(list[at] as T).then(waiting[at]?.resolve, waiting[at]?.reject);
    }
  };
  for (const { promise } of waiting) promise.catch(() => {});
  for (let i = 0; i < at_once; i++) void lane();
  return waiting.map(({ promise }) => promise);
}
