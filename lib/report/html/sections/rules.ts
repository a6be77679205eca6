/** The objectives: those nearest to their limits first, with what was observed, the margin, and how sure that is. */
import { formatCount, formatPercent } from "../../../plan/units.ts";
import type { RuleOutcome } from "../../../verdict/verdict.ts";
import { closestFirst, markOf, sureMore, sureText, usedInterval, usedShare } from "../../figures/margin.ts";
import { intervalText, leftOutText, levelText, reachText } from "../../figures/rules.ts";
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

function ruleRow(rule: RuleOutcome): Markup {
  const { threshold, observed_text, worst, n } = rule;
  const { tone, mark, word } = markOf(rule);
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

/** Where the limit stands in the bar; percent. A value right of it is past the limit, whichever side that is. */
const LIMIT_AT = 62.5;
const WIDEST = 1.55;

function marginBar(rule: RuleOutcome): Markup | null {
  const { ratio, threshold, observed } = rule;
  if (ratio === null || observed === null) return null;
  const at = (share: number) => (LIMIT_AT * Math.max(0.02, Math.min(WIDEST, share))).toFixed(1);
  const ends = usedInterval(rule);
  const range = ends === null
    ? null
    : markup`<line class="range" x1="${at(ends[0] ?? 0)}%" x2="${at(ends[1] ?? 0)}%" y1="8" y2="8"/>`;
  const share = usedShare(rule);
  const label = `${formatPercent(ratio)} of the limit in ${threshold.source}`;
  return markup`<svg class="margin" role="img" aria-label="${label}">
<line class="scale" x1="0" x2="100%" y1="8" y2="8"/><line class="room" x1="${
    at(share)
  }%" x2="${LIMIT_AT}%" y1="8" y2="8"/>
${range}<circle cx="${at(share)}%" cy="8" r="4"/></svg>`;
}
