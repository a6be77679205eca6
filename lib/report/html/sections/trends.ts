/** What came after a spike, and what changed over a long stage. */
import { knownRecovery } from "../../figures/memory.ts";
import { formatCount, formatDuration, formatNumber } from "../../../plan/units.ts";
import type { Run } from "../../../result/run.ts";
import { type Recovery } from "../../../verdict/recovery.ts";
import { driftLines, RECOVERY_METRICS, RECOVERY_WORDS } from "../../figures/trends.ts";
import { type Markup, markup } from "../markup.ts";
import { Cell, numberRow, numberTable } from "../table/table.ts";

/** Null for a plan without a spike, unless a rule asks for its recovery. */
export function recoverySection(run: Run): Markup | null {
  const recovery = knownRecovery(run);
  if (recovery.state === "unknown") {
    const asked = run.plan.thresholds.some(({ measure }) => measure.kind === "recovery_time");
    if (!asked) return null;
    return markup`<h2 id="recovery">Recovery</h2>
<p>The recovery time is unknown: ${recovery.why}.</p>
`;
  }
  return markup`<h2 id="recovery">Recovery</h2>
<p>${recoverySentence(recovery)}</p>
${recoveryTable(recovery)}`;
}

type Known = Exclude<Recovery, { state: "unknown" }>;

function recoverySentence({ state, spike, before, recovery_ms, peak_excess, interval_ms }: Known): string {
  const time = formatDuration(recovery_ms * 1000);
  const end = state === "recovered"
    ? `${time} after the end of ${spike} everything was as in ${before} again`
    : `Not everything was as in ${before} again in the ${time} that were watched after ${spike}`;
  const peak = peak_excess === null
    ? ""
    : `; at the worst, P95 was ${formatNumber(peak_excess)} times that of ${before}`;
  return `${end}${peak}. Back means within the band for ten stretches of ${formatDuration(interval_ms * 1000)} on end.`;
}

function recoveryTable({ metrics, before }: Known): Markup {
  const heads = [
    "Metric",
    { text: `In ${before}`, title: "Median over the stage before the spike" },
    {
      text: "Counts as back",
      title: "20 % above, an error rate one point above; never below what that stage itself kept",
    },
    { text: "Back after", title: "From the end of the spike" },
  ];
  const rows = RECOVERY_METRICS.map((metric) => {
    const { reference, limit, recovery_ms, operation } = metrics[metric];
    const { name, text } = RECOVERY_WORDS[metric];
    const back = recovery_ms === null
      ? new Cell("not back", { classes: "over" })
      : new Cell(recovery_ms === 0 ? "at once" : formatDuration(recovery_ms * 1000));
    return numberRow(operation === null ? name : `${name}, ${operation}`, [text(reference), `≤ ${text(limit)}`, back]);
  });
  return numberTable("recovery", heads, rows);
}

/** Null where no stage is long enough to show a trend. */
export function driftSection(run: Run): Markup | null {
  const lines = driftLines(run);
  const [first] = lines;
  if (first === undefined) return null;
  const left = (text: string) => ({ text, left: true });
  const heads = [
    "What",
    "At the start",
    {
      text: "Change an hour",
      title: "Theil-Sen slope over the stage, relative to the start; of the error rate in points",
    },
    { text: "95 % sure", title: "Allows for minutes that resemble their neighbours" },
    { text: "Values", title: "One a minute, or a thirtieth of a short stage each" },
    left(""),
  ];
  const rows = lines.map(({ name, level, per_hour, interval, sure, n, floor_rose }) =>
    numberRow(name, [
      level,
      new Cell(per_hour, { classes: sure ? "minded" : "" }),
      interval === "" ? "–" : interval,
      formatCount(n),
      new Cell(
        [
          sure ? "a trend: the interval leaves out 0" : "no trend: the interval includes 0",
          ...(floor_rose && sure ? ["and the lowest use rose too, as with a leak"] : []),
        ].join(", "),
        { classes: "left" },
      ),
    ])
  );
  return markup`<h2 id="drift">Drift</h2>
<p>Whether figures changed over ${first.stage} while the load stayed the same.</p>
${numberTable("drift", heads, rows)}`;
}
