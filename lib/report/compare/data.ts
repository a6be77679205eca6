/** A comparison for other programs: JSON, CSV and JUnit. */
import type { Pairing } from "../../compare/compare.ts";
import type { Change, FigureDifference, SideValue } from "../../compare/figures.ts";
import type { GateOutcome } from "../../compare/gate.ts";
import { mismatchText } from "../../compare/headline.ts";
import type { Side } from "../../compare/sides.ts";
import { differenceText } from "../../compare/words.ts";
import type { MeasureUnit } from "../../plan/threshold/measure_units.ts";
import { exportUnit, exportValue } from "../format/base_units.ts";
import { plainText } from "../format/escape.ts";
import { type ComparisonReport, GATE_WORDS, gateText, headed, sideName } from "../figures/comparison.ts";

/** Version of the JSON form; a field may be added without a new one. */
export const COMPARISON_FORMAT = 1;

/** The whole comparison as JSON, times in milliseconds and shares of 1, with a line end at its end. */
export function renderComparisonJson(report: ComparisonReport): string {
  const { comparison: { base, family }, gates, version } = report;
  const value = {
    format: COMPARISON_FORMAT,
    tool: `june-load ${version}`,
    baseline: sideJson(base),
    comparisons: family,
    pairs: headed(report).map(({ pairing, headline }) => ({
      new: sideJson(pairing.other),
      ...(pairing.other.paired === true && { duet: true }),
      status: headline.status,
      sentence: headline.sentence,
      comparable: pairing.comparable,
      mismatches: pairing.mismatches,
      figures: allFigures(pairing).map(figureJson),
    })),
    gates: gates.map(gateJson),
  };
  return JSON.stringify(value, null, 2) + "\n";
}

function allFigures({ figures, stages, machines }: Pairing): FigureDifference[] {
  return [...figures, ...stages, ...machines];
}

function sideJson({ name, runs }: Side) {
  return {
    name,
    runs: runs.map(({ run, verdict, path }) => ({
      path,
      scenario: run.plan.scenario,
      started_at: run.header.started_at,
      tool: run.header.tool,
      verdict: verdict.status,
      sentence: verdict.sentence,
    })),
  };
}

function figureJson(one: FigureDifference) {
  const { operation, stage, id, name, unit, better, base, other, change, p, adjusted, certainty, little, unpaired } =
    one;
  return {
    operation,
    stage,
    measure: id,
    name,
    unit: exportUnit(unit),
    better,
    baseline: valueJson(base, unit),
    new: valueJson(other, unit),
    change: changeJson(change, unit),
    ...(unpaired !== undefined && { unpaired: changeJson(unpaired, unit) }),
    p,
    p_adjusted: adjusted,
    certainty,
    little,
    text: differenceText(one),
  };
}

function changeJson(change: Change | null, unit: MeasureUnit) {
  if (change === null) return null;
  const { scale, value, low, high } = change;
  const amount = (one: number) => scale === "ratio" ? one : exportValue(one, unit);
  return { scale, value: amount(value), low: amount(low), high: amount(high) };
}

function valueJson({ value, at_least, n }: SideValue, unit: MeasureUnit) {
  return { value: value === null ? null : exportValue(value, unit), at_least, n };
}

function gateJson(outcome: GateOutcome) {
  const { gate, against, state, worst } = outcome;
  return { rule: gate.source, against, state, figure: worst === null ? null : figureJson(worst) };
}

const COLUMNS = [
  "new",
  "operation",
  "stage",
  "measure",
  "unit",
  "baseline",
  "value",
  "scale",
  "change",
  "low",
  "high",
  "p",
  "p_adjusted",
  "certainty",
  "unpaired_low",
  "unpaired_high",
] as const;

/** A row a figure and side; RFC 4180. */
export function renderComparisonCsv({ comparison: { pairings } }: ComparisonReport): string {
  const rows = pairings.flatMap((pairing) =>
    allFigures(pairing).map((one) => {
      const json = figureJson(one);
      return [
        pairing.other.name,
        json.operation,
        json.stage,
        json.measure,
        json.unit,
        json.baseline.value,
        json.new.value,
        json.change?.scale,
        json.change?.value,
        json.change?.low,
        json.change?.high,
        json.p,
        json.p_adjusted,
        json.certainty,
        json.unpaired?.low,
        json.unpaired?.high,
      ].map(cell).join(",");
    })
  );
  return [COLUMNS.join(","), ...rows].map((row) => row + "\r\n").join("");
}

/** A text that a spreadsheet would run as a formula begins with an apostrophe. */
function cell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const safe = plainText(/^[=+\-@\t\r]/.test(value) ? `'${value}` : value);
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * JUnit's XML: a case a rule of the gate, and one for whether the runs can be compared at all.
 * @param failIfUnsure a rule that may be broken is a failure
 */
export function renderComparisonJunit(report: ComparisonReport, failIfUnsure: boolean): string {
  const suites = headed(report).map(({ pairing, headline }) => {
    const fit = caseXml(
      "comparable",
      pairing.comparable ? null : {
        kind: "error",
        message: pairing.mismatches.filter(({ blocks }) => blocks).map(mismatchText).join("; "),
      },
    );
    const gates = report.gates.filter(({ against }) => against === pairing.other.name).map((outcome) =>
      caseXml(outcome.gate.source, faultOf(outcome, failIfUnsure))
    );
    const cases = [fit, ...gates];
    const count = (kind: string) => cases.filter((one) => one.includes(`<${kind} `)).length;
    const counts = `tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}"`;
    return `  <testsuite name="${xml(`comparison with ${sideName(pairing.other)}`)}" ${counts}>\n` +
      `    <properties>\n      <property name="status" value="${xml(headline.status)}"/>\n` +
      `      <property name="sentence" value="${xml(headline.sentence)}"/>\n    </properties>\n` +
      `${cases.join("")}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="june-load compare">\n${
    suites.join("")
  }</testsuites>\n`;
}

interface Fault {
  kind: "failure" | "error";
  message: string;
}

function faultOf(outcome: GateOutcome, failIfUnsure: boolean): Fault | null {
  const { state } = outcome;
  const message = `${gateText(outcome)}, ${GATE_WORDS[state].word}`;
  if (state === "broken" || (state === "unsure" && failIfUnsure)) return { kind: "failure", message };
  return state === "nothing" ? { kind: "error", message } : null;
}

function caseXml(name: string, fault: Fault | null): string {
  const open = `    <testcase classname="june-load.compare" name="${xml(name)}"`;
  return fault === null
    ? `${open}/>\n`
    : `${open}>\n      <${fault.kind} message="${xml(fault.message)}"/>\n    </testcase>\n`;
}

/** Text for an attribute in double quotes. */
function xml(text: string): string {
  return plainText(text, 2000).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
