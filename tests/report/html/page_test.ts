import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { unpackData } from "../../../lib/report/html/page/data.ts";
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

const dataOf = (page: string) => unpackData(contents(page, "script")[0] as string);

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
  const page = pageOf(usualRun());
  const [, body = ""] = /<body>(.*?)<script/s.exec(page) ?? [];
  assert.doesNotMatch(body, /https?:|\bsrc=|\bhref="[^#]|\bstyle=|\son[a-z]+=/);
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

Deno.test("renderHtml() of an empty run has no chart and says so", async () => {
  const page = pageOf(emptyRun());
  assert.deepEqual((await dataOf(page)).charts, {});
  assert.doesNotMatch(page, /<figure/);
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

Deno.test("renderHtml() draws at most a few hundred points a line of a very long run", async () => {
  const { lines, cells } = await dataOf(pageOf(longRun()));
  for (const [name, { values }] of Object.entries(lines)) {
    assert.ok(values.length > 0 && values.length <= 400, `${name}: ${values.length} points`);
  }
  for (const [name, { cells: all }] of Object.entries(cells)) assert.ok(all.length <= 3 * 5000, name);
});

Deno.test("renderHtml() charts the operations nearest to their limits, and opens each of all", async () => {
  const page = pageOf(manyOperations(60, 30));
  const { charts } = await dataOf(page);
  assert.equal(Object.keys(charts).filter((id) => id.startsWith("response-")).length, 4);
  assert.match(textOf(page), /56 more operations: P95/);
  assert.equal(page.match(/<details class="drill /g)?.length, 60);
  assert.match(page, /<a class="op" href="#op-op\.00">/);
  assert.match(page, /<details class="drill op-\d" id="op-op\.00">/);
});

Deno.test("renderHtml() keeps each line once, whatever charts draw it", async () => {
  const { lines, charts } = await dataOf(pageOf(usualRun()));
  const option = JSON.stringify(charts);
  assert.equal(option.match(/"#llm\.chat_stream P95"/g)?.length, 2, "under what happened, and opened");
  assert.equal(Object.keys(lines).filter((name) => name === "llm.chat_stream P95").length, 1);
});

Deno.test("renderHtml() has warm-up apart, so that its counts add up", () => {
  const text = textOf(pageOf(usualRun()));
  const [, apart, whole] =
    /in none of these figures: (\d+) calls, \d+ of them failed\. With it (\d+) calls ended/.exec(text) ??
      assert.fail(text);
  const [, measured] = /^All (\d+) /m.exec(text.slice(text.search(/All \d/))) ?? assert.fail("no row of all");
  assert.equal(Number(measured) + Number(apart), Number(whole));
  const rows = /Every call .*? Measured (\d+) .*? Warm-up (\d+) .*? All (\d+) /.exec(text) ??
    assert.fail("no accounting");
  assert.equal(Number(rows[1]) + Number(rows[2]), Number(rows[3]));
});

Deno.test("renderHtml() has no id twice, and every link of the page leads somewhere", () => {
  for (const [name, make] of CASES) {
    const page = pageOf(make());
    const ids = [...page.matchAll(/<[^>]* id="([^"]*)"/g)].map(([, id]) => id as string);
    assert.deepEqual(ids.filter((id, i) => ids.indexOf(id) !== i), [], name);
    for (const [, target] of page.matchAll(/href="#([^"]*)"/g)) {
      assert.ok(ids.includes(target as string), `${name}: ${target}`);
    }
  }
});
