import assert from "node:assert/strict";
import { reportOf } from "../../compare/sides.ts";
import { escapeMarkdown } from "../../../lib/report/format/escape.ts";
import { renderMarkdownForm } from "../../../lib/report/form.ts";
import { renderMarkdown } from "../../../lib/report/forms/markdown.ts";
import { assertGolden } from "../../golden/golden.ts";
import { hostileRun, incompleteRun, manyOperations, SMALL_CASES, usualRun, verdictOf } from "../cases.ts";

const ALONE = { comparison: null };

Deno.test("renderMarkdown() is the golden document", async () => {
  const run = usualRun();
  await assertGolden("report/report.md", renderMarkdown(run, verdictOf(run), ALONE));
});

Deno.test("renderMarkdown() compares with an earlier run right after the objectives", async () => {
  const run = usualRun();
  const baseline = reportOf(incompleteRun(), run);
  const text = renderMarkdownForm(run, verdictOf(run), { version: "0.1.0", baseline });
  await assertGolden("report/report_compared.md", text);
  const titles = [...text.matchAll(/^### (.*)$/gm)].map(([, title]) => title);
  assert.deepEqual(titles.slice(0, 2), ["Objectives", "Compared with an earlier run"]);
});

Deno.test("renderMarkdown() has the verdict in its first line, and as many cells in each row as in the head", () => {
  for (const [name, make] of SMALL_CASES) {
    const run = make();
    const verdict = verdictOf(run);
    const [first, ...lines] = renderMarkdown(run, verdict, ALONE).split("\n");
    assert.match(first!, new RegExp(`^## \\S+ ${verdict.status}: `), name);
    let columns = 0;
    for (const line of lines) {
      const cells = line.startsWith("|") ? line.replaceAll(/\\./g, "").split("|").length : 0;
      if (cells > 0 && columns > 0) assert.equal(cells, columns, `${name}: ${line}`);
      columns = cells;
    }
  }
});

Deno.test("renderMarkdown() holds no markup, link or image of a server", () => {
  const run = hostileRun();
  run.failures[0]!.example = "";
  const said = "![x](http://evil/) <b> www.evil @team `code` **bold** $x$ https://evil";
  run.header.host.name = said;
  const text = renderMarkdown(run, verdictOf(run), ALONE);
  assert.doesNotMatch(text, /<(script|img|b)\b|(?<!\\)\]\(|(?<!\\)`code|https?:\/\/|www\.|@team/);
  assert.match(text, /evil/);
  assert.equal(escapeMarkdown("a|b\nc"), "a\\|b c");
});

Deno.test("renderMarkdown() stays within a limit, keeps the verdict, and says that something is left out", () => {
  const run = manyOperations(60, 5);
  const whole = renderMarkdown(run, verdictOf(run), ALONE);
  const size = new TextEncoder().encode(whole).length;
  assert.equal(renderMarkdown(run, verdictOf(run), { ...ALONE, limit_bytes: size }), whole);
  const cut = renderMarkdown(run, verdictOf(run), { ...ALONE, limit_bytes: 2000 });
  assert.ok(new TextEncoder().encode(cut).length <= 2000);
  assert.match(cut, /^## /);
  assert.match(cut, /too long for this page/);
});
