import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { compareSides } from "../../../lib/compare/compare.ts";
import { unpackData } from "../../../lib/report/html/page/data.ts";
import { renderComparisonPage } from "../../../lib/report/compare/page.ts";
import { reportOf, sideOf } from "../../compare/sides.ts";
import { simulatedRun } from "../../compare/simulated.ts";
import { emptyRun } from "../cases.ts";

const FAST = { seconds: 90, rate_per_s: 15 };
const RULES = ["p50(response_time) +5%", "p95(response_time, rest.*) +5%"];
const base = simulatedRun({ ...FAST, seed: 1 });
const slow = simulatedRun({ ...FAST, seed: 2, slow: 1.3 });
const page = renderComparisonPage(reportOf(base, slow, RULES));

const dataOf = (text: string) => unpackData(/id="data">([^<]*)</.exec(text)?.[1] ?? "");
const count = (text: string, part: RegExp) => [...text.matchAll(part)].length;

Deno.test("the page of a comparison is the report's document: one style, two scripts, each allowed by its hash", () => {
  const [, style = ""] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
  const scripts = [...page.matchAll(/<script>(.*?)<\/script>/gs)].map(([, text = ""]) => text);
  assert.equal(scripts.length, 2);
  for (const text of [style, ...scripts]) {
    assert.ok(page.includes(`&#39;sha256-${createHash("sha256").update(text).digest("base64")}&#39;`));
  }
  assert.match(page, /content="default-src &#39;none&#39;; script-src/);
  assert.equal(count(page, /<style/g), 1);
  const [body = ""] = /<body>.*?<\/main>/s.exec(page) ?? [];
  assert.doesNotMatch(body, /<script|<link|<img|<iframe|\son\w+=|\sstyle=|https?:|url\(/);
});

Deno.test("the page shows the headline, each rule, each figure with its bar, and curves of both sides", async () => {
  assert.match(page, /<p class="say fail"><b>SLOWER<\/b> llm\.chat_stream is slower by/);
  assert.match(page, /<tr class="fail">.*p50\(response_time\) \+5%/);
  const { figures } = reportOf(base, slow).comparison.pairings[0]!;
  const drawn = figures.filter(({ change, better }) => change?.scale === "ratio" && better !== null);
  assert.ok(drawn.length > 10);
  assert.equal(count(page, /<circle class="ring"/g), drawn.length);
  const { charts, lines } = await dataOf(page);
  assert.equal(Object.keys(charts).length, 6, "percentiles and time of three operations");
  for (const side of ["baseline", "new"]) {
    assert.equal(Object.keys(lines).filter((name) => name.endsWith(`, ${side}`)).length, 6, side);
  }
  const [slower, before] = ["new", "baseline"].map((side) =>
    lines[`llm.chat_stream by percentile, ${side}`]!.values[6]
  );
  assert.ok(Number(slower) > 1.15 * Number(before), `the median of the slower side: ${slower} after ${before}`);
  for (const id of ["gate", "differences", "percentiles", "time", "figures", "method"]) {
    assert.ok(page.includes(`id="${id}"`) && page.includes(`href="#${id}"`), id);
  }
});

Deno.test("right is worse in every row, whichever way the figure goes", () => {
  const rows = page.split("<tr").filter((row) => row.includes('class="dot"'));
  const placeOf = (row: string) => Number(/class="dot" cx="([\d.]+)%"/.exec(row)?.[1]);
  const slower = rows.filter((row) => row.includes("slower by"));
  assert.ok(slower.length > 2);
  for (const row of slower) assert.ok(placeOf(row) > 50, row);
  const back = renderComparisonPage(reportOf(slow, base)).split("<tr").filter((row) => row.includes("faster by"));
  for (const row of back.filter((one) => one.includes('class="dot"'))) assert.ok(placeOf(row) < 50, row);
});

Deno.test("a page without figures and one with three sides are whole pages", async () => {
  const none = renderComparisonPage(reportOf(emptyRun(), base));
  assert.match(none, /NOT COMPARABLE/);
  const [second, third] = [simulatedRun({ ...FAST, seed: 3 }), simulatedRun({ ...FAST, seed: 4 })];
  const comparison = compareSides(sideOf("a", base), [sideOf("b", second), sideOf("c", third)]);
  const many = renderComparisonPage({ comparison, gates: [], version: "1" });
  assert.equal(count(many, /<p class="say /g), 2);
  const { lines } = await dataOf(many);
  assert.equal(Object.keys(lines).filter((name) => name.endsWith(", third")).length, 6);
});

Deno.test("names from outside stay text on the page", () => {
  const evil = '</title><script>alert(1)</script>"><b x="';
  const comparison = compareSides(sideOf(evil, base), [sideOf("b", slow)]);
  const [body = ""] = /<title>.*?<\/title>|<body>.*?<\/main>/gs[Symbol.match](
    renderComparisonPage({ comparison, gates: [], version: evil }),
  )?.slice(-1) ?? [];
  assert.match(body, /alert/);
  assert.doesNotMatch(body, /<script|<b x/);
});
