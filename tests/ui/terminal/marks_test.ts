import assert from "node:assert/strict";
import { formatMilliseconds, progressBar, sparkline } from "../../../lib/ui/terminal/marks.ts";
import { lineWidth, paint } from "../../../lib/ui/terminal/style.ts";

const bar = (share: number, columns: number) => paint(progressBar(share, columns), "none");

Deno.test("progressBar() fills in eighths and stays within its columns", () => {
  assert.equal(bar(0, 4), "░░░░");
  assert.equal(bar(0.5, 4), "██░░");
  assert.equal(bar(0.5 / 32, 4), "▏░░░");
  assert.equal(bar(1.7, 4), "████");
  assert.equal(bar(-1, 4), "░░░░");
  for (let share = 0; share <= 1; share += 0.01) assert.equal(lineWidth(progressBar(share, 13)), 13);
});

Deno.test("sparkline() stands on 0 and keeps gaps", () => {
  assert.equal(sparkline([0, 25, 50, 75, 100], 10), "▁▂▄▆█");
  assert.equal(sparkline([0, null, 100], 10), "▁ █");
  assert.equal(sparkline([0, 0], 10), "▁▁");
  assert.equal(sparkline([0.001, 100], 10), "▂█");
  assert.equal(sparkline([1, 4], 10, 8), "▂▄");
  assert.equal(sparkline([null, null], 10), "");
  assert.equal(sparkline([], 10), "");
  assert.equal(sparkline([1], 0), "");
});

Deno.test("sparkline() shows the highest of neighbours when values outnumber columns", () => {
  assert.equal(sparkline([0, 100, 0, 0, null, null, 50], 4), "█▁ ▄");
  assert.equal([...sparkline(Array.from({ length: 86_400 }, (_, i) => i), 30)].length, 30);
});

Deno.test("formatMilliseconds() keeps two digits of short times", () => {
  const cases: Array<[us: number | null, text: string]> = [
    [2_580_000, "2,580"],
    [9_949, "9.9"],
    [9_950, "10"],
    [3_400, "3.4"],
    [995, "1.0"],
    [994, "0.99"],
    [80, "0.08"],
    [null, "–"],
    [NaN, "–"],
  ];
  for (const [us, text] of cases) assert.equal(formatMilliseconds(us), text, String(us));
});
