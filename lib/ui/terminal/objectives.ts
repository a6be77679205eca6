/** The objectives of a plan with their margins while a run goes on. */
import { gauge, marginText, ruleMark } from "./marks.ts";
import { fit, gap, joinParts, type Line, lineWidth, span, type Tone } from "./style.ts";
import { cleanText, cutMiddle, textWidth } from "./text.ts";
import type { RuleState, RuleView } from "../views/rule_view.ts";

/** What must be said first where not all fit. */
const RULE_ORDER: readonly RuleState[] = ["fail", "warn", "unknown", "pass"];
const CELL_GAP = 4;
const GAUGE = 12;
/** Room for any margin and for most values, so that nothing moves when they change. */
const MARGIN = 11;
const OBSERVED = 7;

/** How much of a rule a line shows. */
interface Shape {
  gauge: boolean;
  margin: boolean;
}

const SHAPES: readonly Shape[] = [
  { gauge: true, margin: true },
  { gauge: false, margin: true },
  { gauge: false, margin: false },
];

/**
 * Rules in the order of the plan, so that none moves when its state changes: with gauge and margin where all fit, else in
 * shorter forms, side by side. Where not all fit, those that do not hold come first; the last line counts the others.
 */
export function objectiveLines(rules: readonly RuleView[], columns: number, linesMax: number): Line[] {
  if (rules.length === 0 || linesMax < 1) return [];
  const sources = Math.max(...rules.map(({ source }) => textWidth(cleanText(source))));
  const observed = Math.max(OBSERVED, ...rules.map((rule) => textWidth(cleanText(rule.observed))));
  const widthOf = (shape: Shape) => sources + observed + restOf(shape);
  const fitting = SHAPES.filter((shape) => widthOf(shape) <= columns);
  for (const shape of fitting) {
    const lines = grid(rules, [], { shape, source: sources, observed }, columns);
    if (lines.length <= linesMax) return lines;
  }
  const shape = fitting.find((shape) => !shape.gauge) ?? { gauge: false, margin: false };
  const source = Math.max(1, Math.min(sources, columns - observed - restOf(shape)));
  return someOf(rules, { shape, source, observed }, columns, linesMax);
}

const restOf = (shape: Shape) => 4 + (shape.gauge ? 2 + GAUGE : 0) + (shape.margin ? 2 + MARGIN : 0);

interface Layout {
  shape: Shape;
  source: number;
  observed: number;
}

function someOf(rules: readonly RuleView[], layout: Layout, columns: number, linesMax: number): Line[] {
  const urgent = rules.toSorted((a, b) => RULE_ORDER.indexOf(a.state) - RULE_ORDER.indexOf(b.state));
  for (let count = urgent.length; count >= 0; count--) {
    const chosen = new Set(urgent.slice(0, count));
    const lines = grid(rules.filter((rule) => chosen.has(rule)), urgent.slice(count), layout, columns);
    if (lines.length <= linesMax) return lines;
  }
  return [];
}

function grid(rules: readonly RuleView[], hidden: readonly RuleView[], layout: Layout, columns: number): Line[] {
  const cells = rules.map((rule) => cellOf(rule, layout));
  const width = layout.source + layout.observed + restOf(layout.shape);
  const perRow = Math.max(1, Math.floor((columns + CELL_GAP) / (width + CELL_GAP)));
  const all = [...cells, ...hidden.length === 0 ? [] : [joinParts(hiddenCounts(hidden), 2)]];
  return Array.from(
    { length: Math.ceil(all.length / perRow) },
    (_, i) => joinParts(all.slice(i * perRow, (i + 1) * perRow).map((cell) => padded(cell, width)), CELL_GAP),
  );
}

const padded = (line: Line, width: number): Line => [...line, gap(width - lineWidth(line))];

const TONES: Readonly<Record<RuleState, Tone>> = { pass: "pass", fail: "fail", warn: "warn", unknown: "dim" };

function cellOf(rule: RuleView, layout: Layout): Line {
  const { source, state, observed, used } = rule;
  const { shape } = layout;
  const failed = state === "fail";
  const bar = used === null ? [gap(GAUGE)] : gauge(used, GAUGE, TONES[state]);
  return [
    ruleMark(state),
    gap(1),
    ...fit(
      span(cutMiddle(cleanText(source), layout.source), state === "unknown" ? "dim" : "plain"),
      layout.source,
      "left",
    ),
    gap(2),
    ...fit(span(observed, failed ? "fail" : "plain", failed), layout.observed, "right"),
    ...shape.gauge ? [gap(2), ...bar] : [],
    ...shape.margin ? [gap(2), ...fit(span(marginText(rule), failed ? "fail" : "dim"), MARGIN, "right")] : [],
  ];
}

function hiddenCounts(rules: readonly RuleView[]): Line[] {
  return RULE_ORDER.map((state) => ({ state, count: rules.filter((rule) => rule.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => [ruleMark(state), gap(1), span(`${count} more`)]);
}
