/** "What happened": the findings in words beside the charts, on one clock. */
import { HEADLINE } from "../../../plan/threshold/threshold.ts";
import { formatClock, formatDuration, formatPercent, writeDuration } from "../../../plan/units.ts";
import type { Run } from "../../../result/run.ts";
import { MAX_PANELS, nearestOperations, nearnessOf } from "../../charts/response_charts.ts";
import { percentileBinLength } from "../../figures/bins.ts";
import { figureText, plainPercentile } from "../../figures/estimates.ts";
import type { ChartPlaces, PageData } from "../chart_data.ts";
import { type Finding, findingsOf } from "../findings/findings.ts";
import { type Markup, markup } from "../markup.ts";
import { chartFigures } from "./charts.ts";
import { operationLink, sparkline } from "./operations.ts";

/** The findings, then callers at the left and the system at the right. */
export function whatSection(run: Run, { charts }: PageData, places: ChartPlaces): Markup {
  const { told, rest } = findingsOf(run);
  const items = (list: readonly Finding[], from: number) =>
    list.map((finding, i) => findingItem(finding, from + i + 1));
  const more = rest.length === 0 ? null : markup`<details><summary>and ${rest.length} more</summary>
<ol class="finds">${items(rest, told.length)}</ol></details>
`;
  const finds = markup`<div class="told"><ol class="finds">
${items(told, 0)}</ol>${more}</div>
`;
  if (run.slots.length === 0) {
    return markup`<h2 id="what">What happened</h2>
<p>No data: the run ended before the first second was measured.</p>
${told.length === 0 ? null : finds}`;
  }
  const length = writeDuration(percentileBinLength(run) * 1000);
  return markup`<h2 id="what">What happened</h2>
<p>Left, what callers felt; right, what the system did, on the same clock. The area of a response time goes from P50 to P95,
over ${length} each. Drag over a chart to zoom all, double click or Escape shows the whole run; the arrow keys move the cursor.</p>
<div class="story">
${finds}<div id="charts"><div class="strip-head"><div class="strip" id="strip"></div>
<button class="tool" id="show-all" type="button" hidden>Show the whole run</button></div>
<div class="lanes" id="lanes"></div>
<noscript><p class="note">Charts need JavaScript.</p></noscript>
<div class="cols"><div class="stack">
${chartFigures(places.callers, charts)}</div><div class="stack">
${chartFigures(places.system, charts)}</div></div>
${otherOperations(run)}</div></div>
`;
}

function findingItem({ from_s, to_s, tone, text }: Finding, number: number): Markup {
  const clock = (seconds: number) => formatClock(1000 * seconds);
  const until = to_s === null || clock(to_s) === clock(from_s) ? "" : ` – ${clock(to_s)}`;
  return markup`<li id="finding-${number}"${
    tone === "" ? null : markup` class="${tone}"`
  }><a href="#finding-${number}"><span class="no">${number}</span>
<time>${clock(from_s)}${until}</time> <span class="words">${text}</span></a></li>
`;
}

/** Operations without a chart of their own above: a row each. */
function otherOperations(run: Run): Markup | null {
  const others = nearestOperations(run).slice(MAX_PANELS);
  if (others.length === 0) return null;
  const rows = others.map((name) => {
    const share = nearnessOf(run, name);
    const figure = plainPercentile(run, HEADLINE, 95, { operations: name });
    return markup`<li>${operationLink(run, name)}${sparkline(run, name)}<span>${
      figureText(figure, formatDuration)
    }</span><span class="quiet">${share === 0 ? "" : formatPercent(share)}</span></li>
`;
  });
  return markup`<h3 id="more-operations">${others.length} more operations: P95, and its share of the limit where it has one</h3>
<ol class="more">
${rows}</ol>
`;
}
