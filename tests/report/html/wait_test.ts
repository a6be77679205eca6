import assert from "node:assert/strict";
import fc from "fast-check";
import { renderHtml } from "../../../lib/report/html/page.ts";
import { pageData } from "../../../lib/report/html/chart_data.ts";
import { labelPlaces } from "../../../lib/report/html/sections/wait.ts";
import { usualRun, verdictOf } from "../cases.ts";
import { speechRun } from "../speech_cases.ts";

Deno.test("the legs of a voice turn stand at the top, a bar for each stage, and add up to the wait", () => {
  const run = speechRun({ calls_per_s: 4 });
  const page = renderHtml(run, verdictOf(run), { version: "0" });
  const top = page.slice(0, page.indexOf('id="what"'));
  const labels = [...top.matchAll(/aria-label="(\w+): stt (\d+) ms, llm (\d+) ms, tts (\d+) ms, together (\d+) ms"/g)];
  assert.deepEqual(labels.map(([, stage]) => stage), ["before", "spike", "after"]);
  for (const [, , stt, llm, tts, all] of labels) {
    assert.ok(Math.abs(Number(stt) + Number(llm) + Number(tts) - Number(all)) <= 2);
  }
  const without = renderHtml(usualRun(), verdictOf(usualRun()), { version: "0" });
  assert.doesNotMatch(without, /Where the wait of a voice turn goes/);
});

Deno.test("labelPlaces() keeps labels in order and apart, and inside where they fit", () => {
  const parts = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 4, max: 9 })), {
    minLength: 1,
    maxLength: 3,
  });
  fc.assert(fc.property(parts, (list) => {
    const sorted = list.toSorted(([a], [b]) => a - b);
    const places = labelPlaces(sorted.map(([at]) => at), sorted.map(([, length]) => length));
    places.forEach((at, i) => {
      const length = sorted[i]?.[1] ?? 0;
      assert.ok(at >= 0 && at + length * 6.6 / 220 <= 1 + 1e-9, `${at}`);
      if (i > 0) assert.ok(at >= (places[i - 1] ?? 0) + (sorted[i - 1]?.[1] ?? 0) * 6.6 / 220, "apart");
    });
  }));
});

Deno.test("an opened operation has intervals in its stages, and as many points of first output as of response time", () => {
  const run = speechRun({ calls_per_s: 4 });
  const page = renderHtml(run, verdictOf(run), { version: "0" });
  const [, table = ""] = /id="op-stt\.recognize_stream-stages">([^]*?)<\/table>/.exec(page) ?? [];
  assert.match(table, /<small>\d[\d.,]*–\d[\d.,]*<\/small>/);
  const { lines } = pageData(run, verdictOf(run)).data;
  const points = (name: string) => lines[`llm.chat_stream ${name} P95`]?.values.length ?? 0;
  const response = lines["llm.chat_stream P95"]?.values.length ?? 0;
  assert.ok(points("first message") >= response - 2, `${points("first message")} of ${response}`);
});
