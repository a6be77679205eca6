/** The run beside an earlier one. */
import type { Run } from "../../../result/run.ts";
import { type Baseline, caveats, compareRuns, type Difference } from "../../figures/comparison.ts";
import { afterText, beforeText, changeText, NOT_PROOF } from "../../text/comparison.ts";
import { AGGREGATED, instantText } from "../../figures/figures.ts";
import { NO_VALUE } from "../../../plan/units.ts";
import { plainText } from "../../format/escape.ts";
import { type Insertion, type Markup, markup } from "../markup.ts";
import { rowName } from "./operations.ts";
import { type Head, numberRow, numberTable } from "../table/table.ts";

/** Old and new figures of each operation with their relative change. */
export function comparisonSection(run: Run, baseline: Baseline): Markup {
  const rows = compareRuns(run, baseline.run);
  const heads = ["Operation", ...(rows[0]?.differences.map(headOf) ?? [])];
  const { run: before, verdict, name } = baseline;
  const facts = `${plainText(name)}, ${instantText(before.header.started_at)}, ${verdict.status}.`;
  const text = [facts, ...caveats(run, before), NOT_PROOF].join(" ");
  const body = rows.map(({ operation, differences }) =>
    numberRow(rowName(operation), differences.map(changeCell), operation === AGGREGATED ? "total" : "")
  );
  return markup`<h2 id="comparison">Compared with an earlier run</h2>
<p>${text}</p>
${numberTable("comparison", heads, body)}`;
}

function headOf({ name, kind }: Difference): Head {
  return kind === "duration_us" ? { group: "Response time", text: name } : name;
}

function changeCell(difference: Difference): Insertion {
  if (difference.before === null && difference.after === null) return NO_VALUE;
  const values = `${beforeText(difference)} → ${afterText(difference)}`;
  return markup`${values}<br><small>${changeText(difference)}</small>`;
}
