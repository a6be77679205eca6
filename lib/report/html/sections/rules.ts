/** The objectives: what each asks, what was observed, and how sure that is. */
import { formatCount, formatPercent } from "../../../plan/units.ts";
import { dataText, intervalText, leftOutText, levelText, reachText, ruleState } from "../../figures/rules.ts";
import type { RuleOutcome } from "../../../verdict/verdict.ts";
import { type Markup, markup } from "../markup.ts";

/** Null for a plan without rules. */
export function rulesTable(rules: readonly RuleOutcome[], strict: boolean): Markup | null {
  if (rules.length === 0) return null;
  const note = strict
    ? markup`<p class="note">Strict: a rule passes only when enough was measured to be sure.</p>
`
    : null;
  return markup`<table class="rules">
<thead><tr><th scope="col"><span hidden>Held</span></th><th scope="col">Objective</th>
<th scope="col" class="optional">Worst</th><th scope="col" class="n">Observed</th>
<th scope="col" class="optional" title="${DATA_TITLE}">Data</th>
<th scope="col" class="n optional">Margin to the limit</th></tr></thead>
<tbody>
${rules.map(ruleRow)}</tbody>
</table>
${note}`;
}

const DATA_TITLE =
  "Whether so many calls were measured that chance alone would give this answer in at most 1 of 100 runs " +
  "of independent calls (MLPerf's early-stopping bound)";

function ruleRow(rule: RuleOutcome): Markup {
  const { threshold, observed_text, worst, n, data, unsure } = rule;
  const { tone, mark, word } = ruleState(rule);
  const level = levelText(rule);
  const interval = intervalText(rule);
  const small = (text: string) => text === "" ? null : markup`<small>${text}</small>`;
  return markup`<tr class="${tone}"><td class="mark" title="${word}">${mark}</td><td><code>${threshold.source}</code>${
    small([level, unsure ?? "", leftOutText(rule), reachText(rule)].filter((text) => text !== "").join(", "))
  }${data === "too little" ? markup`<small class="narrow minded">${dataText(rule)}</small>` : null}</td>
<td class="optional"><span class="quiet">${worst}</span></td><td class="n" title="from ${
    formatCount(n)
  } values">${observed_text}${small(interval)}</td>
<td class="optional"><span class="quiet ${data === "too little" ? "minded" : ""}">${dataText(rule)}</span></td>
<td class="bar optional">${marginBar(rule)}</td></tr>
`;
}

/** Where the limit stands in a bar of 100 units; what lies right of it is beyond a `<` limit. */
const LIMIT_AT = 200 / 3;

function marginBar({ ratio, threshold }: RuleOutcome): Markup | null {
  if (ratio === null) return null;
  const width = Math.max(0.5, Math.min(100, ratio * LIMIT_AT)).toFixed(1);
  const label = `${formatPercent(ratio)} of the limit in ${threshold.source}`;
  return markup`<svg class="margin" viewBox="0 0 100 16" preserveAspectRatio="none" role="img" aria-label="${label}">
<rect class="track" y="4" width="100" height="8"/><rect class="value" y="4" width="${width}" height="8"/>
<line class="limit" x1="66.7" x2="66.7" y1="0" y2="16" vector-effect="non-scaling-stroke"/></svg>`;
}
