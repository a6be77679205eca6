/** Two runs side by side as Markdown. */
import { NO_VALUE } from "../../plan/units.ts";
import type { Run } from "../../result/run.ts";
import { type Baseline, caveats, compareRuns } from "../figures/comparison.ts";
import { instantText } from "../figures/figures.ts";
import { escapeMarkdown } from "../format/escape.ts";
import { afterText, beforeText, changeText, NOT_PROOF } from "../text/comparison.ts";
import { nameOf, table } from "./markdown_table.ts";

/** What differs between the two, then a row for each operation. */
export function renderMarkdownComparison(run: Run, { run: before, verdict, name }: Baseline): string {
  const compared = compareRuns(run, before);
  const heads = compared[0]?.differences.map((one) => one.name) ?? [];
  const rows = compared.map(({ operation, differences }) => [
    nameOf(operation),
    ...differences.map((one) =>
      one.before === null && one.after === null
        ? NO_VALUE
        : `${beforeText(one)} → ${afterText(one)}<br>${changeText(one)}`
    ),
  ]);
  const facts = `${escapeMarkdown(name)}, ${instantText(before.header.started_at)}, ${verdict.status}.`;
  const notes = [facts, ...caveats(run, before).map((text) => escapeMarkdown(text)), NOT_PROOF].join(" ");
  return `${notes}\n\n${table(["operation", ...heads], rows)}`;
}
