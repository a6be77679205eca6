import assert from "node:assert/strict";
import { lineWidth, paint, span } from "../../../lib/ui/terminal/style.ts";
import { layoutTable } from "../../../lib/ui/terminal/table.ts";

const COLUMNS = [{ title: "name", rank: 0 }, { title: "calls", rank: 1 }, { title: "p50", rank: 3 }, {
  title: "p95",
  rank: 2,
}];
const ROWS = [["a.short_one", "1,000", "5", "10"], ["a.very_long_name_of_an_operation", "7", "5,000", "10"]];

function drawn(width: number): string[] {
  return layoutTable(COLUMNS, ROWS.map((row) => row.map((text) => span(text))), width).map((line) => {
    assert.ok(lineWidth(line) <= width);
    return paint(line, "none");
  });
}

Deno.test("layoutTable() aligns numbers right", () => {
  assert.deepEqual(drawn(80), [
    "name                              calls    p50  p95",
    "a.short_one                       1,000      5   10",
    "a.very_long_name_of_an_operation      7  5,000   10",
  ]);
});

Deno.test("layoutTable() cuts names first, then leaves out columns by rank, then cuts names to nothing", () => {
  assert.deepEqual(drawn(44)[2], "a.very_long_name_of_an_o…      7  5,000   10");
  assert.deepEqual(drawn(40), [
    "name                          calls  p95",
    "a.short_one                   1,000   10",
    "a.very_long_name_of_an_oper…      7   10",
  ]);
  assert.deepEqual(drawn(24)[0], "name");
  assert.deepEqual(drawn(8)[2], "a.very_…");
});
