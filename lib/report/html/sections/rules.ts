/** The objectives: those nearest to their limits first, with what was observed, the margin, and how sure that is. */
import { formatCount, formatDuration, formatPercent } from "../../../plan/units.ts";
import type { RuleOutcome } from "../../../verdict/verdict.ts";
import { dataText, intervalText, leftOutText, levelText, reachText, ruleState } from "../../figures/rules.ts";
import { ruleWords } from "../../figures/rule_words.ts";
import { type Markup, markup } from "../markup.ts";

/** Null for a plan without rules. */
export function rulesTable(rules: readonly RuleOutcome[], strict: boolean): Markup | null {
  if (rules.length === 0) return null;
  const note = strict ? " Strict: a rule passes only when enough was measured to be sure." : "";
  return markup`<div class="objectives"><table class="rules">
<thead><tr><th scope="col"><span class="skip">Held</span></th><th scope="col">Objective, closest to its limit first</th>
<th scope="col" class="n">Observed</th><th scope="col" class="limit"><span>limit</span></th>
<th scope="col" title="${DATA_TITLE}">How sure</th></tr></thead>
<tbody>
${rules.toSorted(closestFirst).map(ruleRow)}</tbody>
</table>
<p class="note">The dot is what was observed, the thin line its 95 % interval, the thick one the room to the limit or the
excess over it.${note}</p></div>
`;
}

const DATA_TITLE =
  "Whether so many calls were measured that chance alone would give this answer in at most 1 of 100 runs " +
  "of independent calls (MLPerf's early-stopping bound)";

/** Broken rules first, then those that nobody knows, then the others by how much of their limit is used up. */
export function closestFirst(a: RuleOutcome, b: RuleOutcome): number {
  return rank(a) - rank(b) || used(b) - used(a);
}

function rank(rule: RuleOutcome): number {
  if (rule.undecided !== null) return 1;
  if (!rule.passed) return rule.threshold.level === "warn" ? 2 : 0;
  // The whole load is as much as can be offered: a rule that asks for it is never far from its limit.
  return rule.threshold.measure.kind === "load" ? 4 : 3;
}

/** Share of the limit that is used up, whichever side of it is the right one; 1 at the limit. */
function used({ ratio, threshold }: RuleOutcome): number {
  if (ratio === null) return -1;
  return threshold.comparison.startsWith("<") ? ratio : ratio === 0 ? Infinity : 1 / ratio;
}

/** The state of a rule on the page: what holds for certain has a tick, what is not known never. */
function stateOf(rule: RuleOutcome): { tone: string; mark: string; word: string } {
  if (rule.undecided !== null) return { tone: "warn", mark: "?", word: "not known" };
  if (rule.passed && (rule.unproven !== null || rule.data === "too little")) {
    return { tone: "warn", mark: "~", word: "holds, but not for certain" };
  }
  return ruleState(rule);
}

function ruleRow(rule: RuleOutcome): Markup {
  const { threshold, observed_text, worst, n } = rule;
  const { tone, mark, word } = stateOf(rule);
  const interval = intervalText(rule);
  const notes = [levelText(rule), rule.unsure ?? "", leftOutText(rule), reachText(rule)].filter((text) => text !== "");
  const small = (text: string) => text === "" ? null : markup`<small>${text}</small>`;
  const who = worst === null || worst === threshold.operations ? "" : ` (${worst})`;
  return markup`<tr class="${tone}"><td class="mark" title="${word}">${mark}</td>
<th scope="row">${ruleWords(threshold)}${who}<small><code>${threshold.source}</code></small>${
    small(notes.join(", "))
  }</th>
<td class="n" title="from ${formatCount(n)} values"><b>${observed_text}</b>${small(interval)}</td>
<td class="bar">${marginBar(rule)}</td><td class="sure">${sureText(rule)}${small(sureMore(rule))}</td></tr>
`;
}

/** `certain`, `not known`, ... */
function sureText(rule: RuleOutcome): string {
  const { undecided, passed, unproven, data, observed, inapplicable } = rule;
  if (undecided !== null) return "not known";
  if (observed === null) return inapplicable?.all === true ? "does not apply" : "no data";
  if (data === "too little") return passed ? "not certain" : "likely";
  if (passed && unproven !== null) return "not certain";
  return data === null && rule.interval === null ? "counted" : "certain";
}

/** How near, and what it would take to be certain. */
function sureMore(rule: RuleOutcome): string {
  const { data, passed, unproven } = rule;
  const longer = !passed || unproven === null
    ? ""
    : unproven.more_ms === null
    ? "too near its limit"
    : `${formatDuration(unproven.more_ms * 1000)} more would do`;
  const share = used(rule);
  const over = share > 1 && Number.isFinite(share) && rule.observed !== null ? `${formatPercent(share - 1)} over` : "";
  return [data === "too little" ? dataText(rule) : "", longer, passed ? "" : over].filter((text) => text !== "")
    .join(", ");
}

/** Where the limit stands in the bar; percent. A value right of it is past the limit, whichever side that is. */
const LIMIT_AT = 62.5;
const WIDEST = 1.55;

function marginBar(rule: RuleOutcome): Markup | null {
  const { ratio, interval, threshold, observed } = rule;
  if (ratio === null || observed === null) return null;
  const below = threshold.comparison.startsWith("<");
  const at = (share: number) => (LIMIT_AT * Math.max(0.02, Math.min(WIDEST, share))).toFixed(1);
  const shareOf = (value: number) => below ? value / threshold.limit : value <= 0 ? WIDEST : threshold.limit / value;
  const ends = interval === null ? null : [shareOf(interval.low), shareOf(interval.high)].sort((a, b) => a - b);
  const range = ends === null
    ? null
    : markup`<line class="range" x1="${at(ends[0] ?? 0)}%" x2="${at(ends[1] ?? 0)}%" y1="8" y2="8"/>`;
  const share = used(rule);
  const label = `${formatPercent(ratio)} of the limit in ${threshold.source}`;
  return markup`<svg class="margin" role="img" aria-label="${label}">
<line class="scale" x1="0" x2="100%" y1="8" y2="8"/><line class="room" x1="${
    at(share)
  }%" x2="${LIMIT_AT}%" y1="8" y2="8"/>
${range}<circle cx="${at(share)}%" cy="8" r="4"/></svg>`;
}
