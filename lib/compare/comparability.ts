/** Whether runs may be compared at all: a diff of their plans, of what made them, and of how they ended. */
import { formatCount, writeDuration } from "../plan/units.ts";
import type { LoadPlan, Plan } from "../plan/plan.ts";
import { endedCalls } from "../measure/series.ts";
import type { Run } from "../result/run.ts";
import { steeredText } from "../verdict/steered.ts";
import type { Mismatch } from "./mismatch.ts";
import { diffOf } from "./plan_diff.ts";
import type { Side, SideRun } from "./sides.ts";

/** Tainted calls above this share of a run are worth a word. */
const TAINTED_SHARE = 0.01;

/** Everything that differs, what forbids a comparison first. */
export function comparability(base: Side, other: Side): Mismatch[] {
  const model = base.runs[0] as SideRun;
  const unfit = [
    ...base.runs.map((one) => unfitness(one, "base")),
    ...other.runs.map((one) => unfitness(one, "other")),
    silence([...base.runs, ...other.runs]),
  ];
  const all = [
    ...unfit.flat(),
    ...(other.paired === true ? [] : inTurn(base, other)),
    ...bySides(model, base, other),
  ];
  const named = other.paired === true ? { sides: [base.name, other.name] as const } : {};
  const distinct = new Map(all.map((one) => [JSON.stringify(one), { ...one, ...named }]));
  return [...distinct.values()].sort((a, b) => Number(b.blocks) - Number(a.blocks));
}

/** Most values of one side that are written out. */
const MOST_VALUES = 3;

/**
 * What the runs differ in, side by side: seeds 1, 2 and 3 on both sides are no difference of the sides, unless it forbids a
 * comparison.
 */
function bySides(model: SideRun, base: Side, other: Side): Mismatch[] {
  const { paired = false } = other;
  const found = new Map([...base.runs, ...other.runs].map((one) => [one, differencesOf(model, one, paired)]));
  const first = new Map([...found.values()].flat().map((one) => [one.what, one]));
  return [...first.values()].flatMap((one) => {
    const values = ({ runs }: Side) => {
      const each = runs.map((run) => found.get(run)?.find(({ what }) => what === one.what)?.other ?? one.base);
      return [...new Set(each)].sort();
    };
    const [from, to] = [values(base), values(other)];
    if (!one.blocks && from.join("\n") === to.join("\n")) return [];
    return [{ ...one, base: listed(from), other: listed(to) }];
  });
}

function listed(values: readonly string[]): string {
  const shown = values.slice(0, MOST_VALUES).join(", ");
  return values.length > MOST_VALUES ? `${shown} and ${values.length - MOST_VALUES} more` : shown;
}

/** Where nobody answered on either side nothing can have changed, and nothing was seen of it. */
function silence(runs: readonly SideRun[]): Mismatch[] {
  const totals = runs.map(({ run }) => run.total().outcomes);
  if (totals.some((outcomes) => outcomes.ok > 0 || endedCalls(outcomes) === 0)) return [];
  const said = { what: "answers", blocks: true, kind: "run" as const };
  return [{ ...said, base: "none at all", other: "" }, { ...said, base: "", other: "none at all" }];
}

function unfitness({ run, verdict }: SideRun, side: "base" | "other"): Mismatch[] {
  const say = (what: string, text: string, blocks: boolean): Mismatch => ({
    what,
    base: side === "base" ? text : "",
    other: side === "other" ? text : "",
    blocks,
    kind: "run",
  });
  const { tainted_calls, outcomes } = run.total();
  const calls = endedCalls(outcomes);
  if (calls === 0) return [say("calls", "no call ended", true)];
  if (verdict.status === "INVALID") return [say("verdict", `INVALID: ${verdict.sentence}`, true)];
  if (run.end?.reason !== "completed") {
    return [say("end", `${run.end?.reason ?? "broken off"}: not the whole run`, true)];
  }
  if (tainted_calls <= TAINTED_SHARE * calls) return [];
  return [say("june-load", `held back ${formatCount(tainted_calls)} of ${formatCount(calls)} calls`, false)];
}

/** Several runs of one side before all of the other: a drift of the machine looks like a change. */
function inTurn(base: Side, other: Side): Mismatch[] {
  const [from, to] = [base, other].map(({ runs }) => runs.map(({ run }) => Date.parse(run.header.started_at))) as [
    number[],
    number[],
  ];
  if (from.length < 2 || to.length < 2) return [];
  const apart = Math.max(...from) < Math.min(...to) || Math.max(...to) < Math.min(...from);
  if (!apart) return [];
  const first = Math.max(...from) < Math.min(...to);
  return [{
    what: "order",
    base: first ? "all before" : "all after",
    other: first ? "all after" : "all before",
    blocks: false,
    kind: "circumstance",
  }];
}

/** @param paired two runs of one time are the sides of a duet, and not the same run twice */
function differencesOf(model: SideRun, one: SideRun, paired: boolean): Mismatch[] {
  const [base, other] = [model.run, one.run];
  const found = [
    ...steeringDifference(base, other),
    ...loadDifferences(base.plan, other.plan),
    ...diffOf(base.plan, other.plan),
    ...headerDifferences(base, other),
  ];
  if (model === one || paired || base.header.started_at !== other.header.started_at || model.path !== one.path) {
    return found;
  }
  return [{ what: "run", base: model.path, other: "the same run", blocks: false, kind: "circumstance" }, ...found];
}

/** A load that was changed by hand is the same only where the same was done at the same instants. */
function steeringDifference(base: Run, other: Run): Mismatch[] {
  const done = (run: Run) => JSON.stringify(run.steered.map(({ change, at_ms }) => [change, at_ms]));
  if (done(base) === done(other)) return [];
  const text = (run: Run) => {
    const steered = steeredText(run);
    return steered === null ? "as planned" : `steered at ${steered}`;
  };
  return [{ what: "steering", base: text(base), other: text(other), blocks: true, kind: "plan" }];
}

function headerDifferences({ header: base }: Run, { header: other }: Run): Mismatch[] {
  const rows: [what: string, base: string, other: string][] = [
    ["generator host", hostText(base.host), hostText(other.host)],
    ["june-load", base.tool, other.tool],
    ...other.services.map(({ name, details }): [string, string, string] => [
      `${name} says`,
      base.services.find((one) => one.name === name)?.details ?? "",
      details,
    ]),
  ];
  return [
    ...inputDifferences(base.inputs ?? [], other.inputs ?? []),
    ...rows.filter(([, from, to]) => from !== to).map(([what, from, to]) => ({
      what,
      base: from,
      other: to,
      blocks: false,
      kind: "circumstance" as const,
    })),
  ];
}

type Inputs = NonNullable<Run["header"]["inputs"]>;

/** Inputs of another size are other inputs, whatever their files are called. */
function inputDifferences(base: Inputs, other: Inputs): Mismatch[] {
  return other.flatMap(({ service, entries, bytes }, i) => {
    const before = base[i];
    if (before === undefined || (before.entries === entries && before.bytes === bytes)) return [];
    const text = (one: { entries: number; bytes: number }) =>
      `${formatCount(one.entries)} entries, ${formatCount(one.bytes)} bytes`;
    return [{
      what: `inputs of ${service}`,
      base: text(before),
      other: text({ entries, bytes }),
      blocks: true,
      kind: "plan",
    }];
  });
}

function hostText({ name, os, cpus }: Run["header"]["host"]): string {
  return `${name}, ${os}, ${cpus} cores`;
}

/** Another load is another question; the same one for longer is not, if it is steady. */
function loadDifferences(base: Plan, other: Plan): Mismatch[] {
  const found: Mismatch[] = [];
  const note = (what: string, from: string, to: string, blocks: boolean) =>
    from === to || found.push({ what, base: from, other: to, blocks, kind: "plan" });
  note("load", base.loads.map(loadText).join("; "), other.loads.map(loadText).join("; "), true);
  if (found.length === 0 && shapeOf(base) !== shapeOf(other)) note("load", "", "of another shape", true);
  note("stages", base.stages.map(stageText).join(", "), other.stages.map(stageText).join(", "), true);
  note("length", length(base), length(other), !isLevel(base) || !isLevel(other));
  if (found.length === 0 && times(base) !== times(other)) note("length of stages", times(base), times(other), true);
  return found;
}

const length = ({ duration_ms }: Plan) => writeDuration(duration_ms * 1000);
const times = ({ stages }: Plan) =>
  stages.map(({ name, start_ms, end_ms }) => `${name} ${writeDuration((end_ms - start_ms) * 1000)}`).join(", ");

function stageText({ name, warm_up, ramp }: Plan["stages"][number]): string {
  return name + (warm_up ? " (warm-up)" : ramp === true ? " (ramp)" : "");
}

/** A load at one level, with no more than a ramp or warm-up before it. */
function isLevel({ stages }: Plan): boolean {
  return stages.filter(({ warm_up, ramp }) => !warm_up && ramp !== true).length <= 1;
}

function loadText(load: LoadPlan): string {
  const levels = load.courses.map((course) =>
    course.kind === "linear" ? Math.max(course.from, course.to) : course.kind === "sine" ? course.mean : course.arrivals
  );
  const most = formatCount(Math.max(...levels));
  return load.kind === "closed" ? `${most} users` : `${Number(Math.max(...levels).toPrecision(4))}/s`;
}

/** Everything of the loads but when. */
function shapeOf({ loads }: Plan): string {
  return JSON.stringify(loads.map((load) => ({
    ...load,
    courses: load.courses.map(({ start_ms: _start, end_ms: _end, ...rest }) => rest),
  })));
}
