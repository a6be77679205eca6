import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { renderHtml } from "../../../lib/report/html/page.ts";
import type { Run } from "../../../lib/result/run.ts";
import { assertGolden } from "../../golden/golden.ts";
import { reportOf } from "../../compare/sides.ts";
import { makeRun } from "../../result/make_run.ts";
import {
  allFailedRun,
  CASES,
  emptyRun,
  hostileRun,
  incompleteRun,
  longRun,
  manyOperations,
  usualRun,
  verdictOf,
} from "../cases.ts";

const pageOf = (run: Run) => renderHtml(run, verdictOf(run), { version: "0.1.0" });

/** Contents of the elements of one name, in order. */
const contents = (page: string, name: string) =>
  [...page.matchAll(new RegExp(`<${name}(?: [^>]*)?>(.*?)</${name}>`, "gs"))].map(([, content]) => content as string);

const dataOf = (page: string) => JSON.parse(contents(page, "script")[0] as string);

/** What a reader of `main` sees, without scripts and style. */
const mainOf = (page: string) => contents(page, "main")[0] as string;

const textOf = (page: string) => mainOf(page).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

Deno.test("renderHtml() is the golden page around its scripts", async () => {
  const run = usualRun();
  const page = renderHtml(run, verdictOf(run), {
    version: "0.1.0",
    baseline: reportOf(makeRun({ seconds: 20, seed: 9 }), run),
  });
  const skeleton = page.replace(/(<(script|style)\b[^>]*>).*?(<\/\2>)/gs, "$1...$3")
    .replace(/sha256-[^&]*/g, "sha256-...");
  await assertGolden("report/page.html", skeleton);
});

Deno.test("renderHtml() lets its policy's hashes name exactly the page's own scripts and style", () => {
  const page = pageOf(usualRun());
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll("&#39;", "'");
  const [, ...scripts] = contents(page, "script");
  assert.equal(scripts.length, 2);
  assert.equal(
    policy,
    `default-src 'none'; script-src ${scripts.map(hash).join(" ")}; style-src ${
      hash(contents(page, "style")[0] ?? "")
    }; ` +
      "img-src data:; base-uri 'none'; form-action 'none'",
  );
});

Deno.test("renderHtml() names nothing outside itself and uses no inline style or handler", () => {
  const page = mainOf(pageOf(usualRun()));
  assert.doesNotMatch(page, /https?:|\bsrc=|\bhref=|\bstyle=|\son[a-z]+=/);
});

Deno.test("renderHtml() shows hostile text as text", () => {
  const page = pageOf(hostileRun());
  assert.equal(contents(page, "script").length, 3, "no script was closed early or added");
  for (const text of ["<script", "<img", "\u2028", "\u202e", "\u001b"]) assert.ok(!mainOf(page).includes(text));
  assert.match(mainOf(page), /&#60;img src=x onerror=&#34;alert\(2\)&#34;&#62;/);
  assert.doesNotMatch(contents(page, "script")[0] as string, /[<\u2028\u2029]/);
});

Deno.test("renderHtml() gives the same bytes again, for every case", () => {
  for (const [name, make] of CASES) assert.equal(pageOf(make()), pageOf(make()), name);
});

Deno.test("renderHtml() of an empty run has no chart and says so", () => {
  const page = pageOf(emptyRun());
  assert.deepEqual(dataOf(page).charts, {});
  assert.match(textOf(page), /No data: the run ended before the first second was measured/);
  assert.match(textOf(page), /llm\.chat_stream 0 0 – – –/);
});

Deno.test("renderHtml() of an outage shows the errors and no time of 0", () => {
  const text = textOf(pageOf(allFailedRun()));
  assert.match(text, /All [\d,]+ 0 100 % (\S+ % )?– – – – – – –/);
  assert.match(text, /UNAVAILABLE .* connection to 127\.0\.0\.1:50051 lost/);
});

Deno.test("renderHtml() puts an incomplete run's mark at the top", () => {
  const text = textOf(pageOf(incompleteRun()));
  assert.ok(text.indexOf("Incomplete.") < text.indexOf("Objective"));
  assert.match(text, /Incomplete\. The result breaks off at 0:12/);
  assert.doesNotMatch(textOf(pageOf(usualRun())), /Incomplete\./);
});

Deno.test("renderHtml() marks broken limits and percentiles of too few calls", () => {
  const page = mainOf(pageOf(usualRun()));
  assert.match(
    page,
    /<td class="over few" title="over the limit of p95\(response_time, llm\.chat_stream\) &#60; 2s; from \d+/,
  );
  assert.match(page, /<td class="few" title="from \d+ values, too few to trust it">[\d,]+<small>n \d+<\/small>/);
});

Deno.test("renderHtml() keeps sixty operations in the tables and the page small", () => {
  const page = pageOf(manyOperations(60, 30));
  for (const name of ["op.00", "op.59"]) assert.ok(textOf(page).includes(name));
  assert.ok(page.length < 3_000_000, `${page.length} characters`);
});

Deno.test("renderHtml() draws at most a few thousand points of a very long run", () => {
  const { charts } = dataOf(pageOf(longRun()));
  for (const [id, { option }] of Object.entries<{ option: { series: Array<{ data: unknown[] }> } }>(charts)) {
    const points = option.series.reduce((sum, { data }) => sum + data.length, 0);
    assert.ok(points > 0 && points <= 5000, `${id}: ${points} points`);
  }
});

Deno.test("renderHtml() offers the response time of each operation, and first shows that of all side by side", () => {
  assert.match(pageOf(usualRun()), /<option value="">each operation<\/option><option value="llm\.chat_stream">/);
  const many = pageOf(manyOperations(60, 30));
  assert.match(many, /<option value="">the 4 operations nearest to their limits<\/option>/);
  assert.equal(dataOf(many).charts["response-chart"].option.yAxis.length, 4);
});
