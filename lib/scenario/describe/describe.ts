/** A plan as lines of text, shown before a run: services, load, length and thresholds. */
import { sidePlan } from "../../plan/duet.ts";
import { type MetricsPagePlan, shownUrl } from "../../plan/metrics_page.ts";
import type { DuetPlan, Plan, RemotePlan } from "../../plan/plan.ts";
import { formatCount, formatPercent, writeDuration } from "../../plan/units.ts";
import { describeService } from "./service.ts";
import { describeLoads, describeObjectives, describeRules, describeStages } from "./loads.ts";

const LABEL_WIDTH = 11;
const STRICT = "strict: a rule passes only when enough was measured to be sure";

/**
 * The plan in lines of a label and a text; lines that continue one have no label.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { builtInScenario } from "../built_in.ts";
 * import { loadScenario } from "../load.ts";
 *
 * const text = builtInScenario("smoke")!;
 * const { plan } = loadScenario({ text, file: "built-in", dir: ".", env: {}, cores: 2, overrides: {} });
 * assert.match(describePlan(plan)[0]!, /smoke/);
 * ```
 */
export function describePlan(plan: Plan): string[] {
  // Both sides of a duet are asked for the same.
  const one = plan.duet === undefined ? plan : sidePlan(plan, 0);
  const { pages = [] } = plan.resources;
  return [
    ...block("scenario", [titleOf(plan)]),
    ...block("calls", plan.services.map(describeService)),
    ...block("load", describeLoads(plan)),
    ...block("stages", describeStages(plan)),
    ...block("tasks", describeMixes(one)),
    ...(plan.duet === undefined ? [] : block("duet", [duetText(plan.duet)])),
    ...block("length", [`${span(plan.duration_ms)}, then up to ${span(plan.grace_ms)} for calls in flight`]),
    ...(pages.length === 0 ? [] : block("reads", pages.map(describePage))),
    ...block("sent by", [`${count(plan.workers, "worker")} over ${plan.transport}, seed ${plan.seed}`]),
    ...(plan.resources.remote === undefined ? [] : block("reads", plan.resources.remote.map(describeRemote))),
    ...block("passes if", [...describeRules(one), ...(plan.strict ? [STRICT] : [])]),
    ...(plan.objectives.length === 0 ? [] : block("good if", [describeObjectives(one)])),
    ...block("report", [describeOutput(plan)]),
  ];
}

function block(label: string, lines: readonly string[]): string[] {
  const shown = lines.length > 0 ? lines : ["nothing"];
  return shown.map((line, i) => `${(i === 0 ? label : "").padEnd(LABEL_WIDTH)}${line}`);
}

function titleOf({ scenario, description, source }: Plan): string {
  return description === "" ? `${scenario} (${source})` : `${scenario} (${source}): ${description}`;
}

function describeMixes({ tasks, loads }: Plan): string[] {
  return loads.map(({ name }, load) => {
    const own = tasks.filter((task) => task.load === load);
    const total = own.reduce((sum, { weight }) => sum + weight, 0);
    const shares = own.map(({ operation, weight }) => `${formatPercent(weight / total)} ${operation}`).join(", ");
    return loads.length === 1 ? shares : `${name}: ${shares}`;
  });
}

function describeRemote({ name, via, cpu, memory, gpu, gpus, processes = [] }: RemotePlan): string {
  const read = [
    ...(cpu ? ["CPU"] : []),
    ...(memory ? ["memory"] : []),
    ...(gpu ? [gpus === undefined ? "GPUs" : `GPUs ${gpus.join(", ")}`] : []),
    ...processes.map((one) => one.name),
  ];
  return `${read.length === 0 ? "nothing" : read.join(", ")} of ${name} through the command: ${via.join(" ")}`;
}

function duetText({ sides: [base, other] }: DuetPlan): string {
  return `each task is two calls at the same instant with the same input, to ${base} and to ${other}; which goes first is drawn`;
}

function describeOutput({ scenario, output, duet }: Plan): string {
  if (duet !== undefined) return `${output.dir}/${scenario}/`;
  const compared = output.comparison_baseline === null ? "" : `, compared with ${output.comparison_baseline}`;
  const formats = output.formats.length === 0 ? "" : ` (${output.formats.join(", ")})`;
  return `${output.dir}/${scenario}/${formats}${compared}`;
}

function describePage(page: MetricsPagePlan): string {
  const { name, preset, interval_ms, via } = page;
  const kind = preset === undefined ? "" : `${preset}, `;
  return `the page of metrics of ${name} (${kind}${shownUrl(page)}) every ${span(interval_ms)}${
    via === undefined ? "" : ` through the command: ${via.join(" ")}`
  }`;
}

function span(ms: number): string {
  return writeDuration(ms * 1000);
}

function count(value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? "" : "s"}`;
}
