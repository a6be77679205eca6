import assert from "node:assert/strict";
import fc from "fast-check";
import {
  formatMilliseconds,
  gauge,
  progressBar,
  sparkline,
  type SparkOptions,
} from "../../../lib/ui/terminal/marks.ts";
import { lineWidth, paint } from "../../../lib/ui/terminal/style.ts";

const bar = (share: number, columns: number) => paint(progressBar(share, columns), "none");

Deno.test("progressBar() fills in eighths and stays within its columns", () => {
  assert.equal(bar(0, 4), "░░░░");
  assert.equal(bar(0.5, 4), "██░░");
  assert.equal(bar(0.5 / 32, 4), "▏░░░");
  assert.equal(bar(1.7, 4), "████");
  assert.equal(bar(-1, 4), "░░░░");
  for (let share = 0; share <= 1; share += 0.01) assert.equal(lineWidth(progressBar(share, 13)), 13);
  assert.equal(bar(NaN, 3), "░░░");
});

const spark = (values: ReadonlyArray<number | null>, columns: number, more: Partial<SparkOptions> = {}) =>
  sparkline(values, "plain", { columns, ...more }).map(({ text }) => text).join("");

Deno.test("sparkline() stands on 0, keeps gaps, and has dots for what is to come", () => {
  assert.equal(spark([0, 25, 50, 75, 100], 5), "▁▂▄▆█");
  assert.equal(spark([0, 25, 50, 75, 100], 10, { share: 0.5 }), "▁▂▄▆█·····");
  assert.equal(spark([0, null, 100], 3), "▁ █");
  assert.equal(spark([0, 0], 2), "▁▁");
  assert.equal(spark([0.001, 100], 2), "▂█");
  assert.equal(spark([1, 4], 2, { top_min: 8 }), "▂▄");
  assert.equal(spark([null, null], 2), "  ");
  assert.equal(spark([], 4, { share: 0 }), "····");
  assert.equal(spark([1], 0), "");
});

Deno.test("sparkline() shows the highest of neighbours when values outnumber columns, and stretches a few", () => {
  assert.equal(spark([0, 100, 0, 0, null, null, 50, 0], 4), "█▁ ▄");
  assert.equal(spark([1, 8], 8, { share: 0.5 }), "▂▂██····");
  assert.equal([...spark(Array.from({ length: 86_400 }, (_, i) => i), 30)].length, 30);
});

Deno.test("sparkline() has its columns at any instant, and no bar of a past second moves", () => {
  const value = fc.option(fc.double({ min: 1, max: 8, noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 2, maxLength: 200 }),
      fc.integer({ min: 1, max: 50 }),
      (values, columns) => {
        const at = (seconds: number) =>
          spark(values.slice(0, seconds), columns, { share: seconds / values.length, top_min: 8 });
        for (let seconds = 1; seconds <= values.length; seconds++) assert.equal([...at(seconds)].length, columns);
        const half = Math.ceil(values.length / 2);
        const done = Math.floor(columns * half / values.length);
        // A bar at a border may still grow: the second that it shares with the next one comes later.
        assert.equal(
          [...at(half)].slice(0, Math.max(0, done - 1)).join(""),
          [...at(values.length)].slice(0, Math.max(0, done - 1)).join(""),
        );
      },
    ),
  );
});

Deno.test("gauge() keeps its width and its limit's place for any share", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.double(), fc.constantFrom(Infinity, NaN)),
      fc.integer({ min: 2, max: 40 }),
      (used, columns) => {
        const text = gauge(used, columns, "pass").map((piece) => piece.text).join("");
        assert.equal([...text].length, columns);
        assert.match([...text][Math.floor(columns * 0.625)] ?? "", used > 1 ? /[│┿]/ : /│/);
      },
    ),
  );
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
