/** Lost connections, moved calls and calls that waited: told wherever a run is told of. */
import assert from "node:assert/strict";
import { summaryView } from "../../../lib/ui/views/summary_view.ts";
import { connectionTotals } from "../../../lib/report/figures/facts.ts";
import { renderHtml } from "../../../lib/report/html/page.ts";
import { renderJson } from "../../../lib/report/json.ts";
import { evaluate } from "../../../lib/verdict/evaluate.ts";
import { readMeasure } from "../../../lib/verdict/read_measure.ts";
import { rule } from "../../plans.ts";
import { droppingRun, emptyRun, rotatedRun, usualRun } from "../cases.ts";

const LLM = { service: "llm", connections_peak: 1, reconnects_total: 8, moves_total: 16, waiting_peak: 5 };

Deno.test("connectionTotals() keeps what a worker counted before it died", () => {
  assert.partialDeepStrictEqual(connectionTotals(rotatedRun())[0], LLM);
  assert.deepEqual(connectionTotals(emptyRun()), []);
});

Deno.test("renderJson() has the connections of each service", () => {
  const run = rotatedRun();
  const { connections } = JSON.parse(renderJson(run, evaluate(run)));
  assert.deepEqual(connections.map(({ service }: { service: string }) => service), ["llm", "stt", "tts"]);
  assert.partialDeepStrictEqual(connections[0], LLM);
});

Deno.test("renderHtml() shows moved and waiting calls, and says what moving means", () => {
  const run = rotatedRun();
  const page = renderHtml(run, evaluate(run), { version: "0" });
  const table = page.slice(page.indexOf('<h2 id="connections">'), page.indexOf('<h2 id="resources">'));
  assert.match(table, /Calls waiting/);
  assert.match(table, /<th scope="row">llm<\/th><td>1<\/td><td>8<\/td><td>16<\/td><td>5<\/td>/);
  assert.match(page, /16 calls that a service had not processed moved to another connection/);
  const usual = usualRun();
  assert.doesNotMatch(renderHtml(usual, evaluate(usual), { version: "0" }), /moved to another connection/);
});

Deno.test("summaryView() names services whose calls moved, and no others", () => {
  const outcome = { report_path: "", exit_code: 0, exit_meaning: "", advice: [] };
  const run = rotatedRun();
  assert.deepEqual(summaryView(run, evaluate(run), outcome).moved, [{ service: "llm", calls: 16 }]);
  const usual = usualRun();
  assert.deepEqual(summaryView(usual, evaluate(usual), outcome).moved, []);
});

Deno.test("renderHtml() shows connections by address, waits, and why connections ended, in safe words", () => {
  const run = droppingRun();
  const page = renderHtml(run, evaluate(run), { version: "0" });
  const section = page.slice(page.indexOf('<h2 id="connections">'), page.indexOf('<h2 id="resources">'));
  assert.match(
    section,
    /<th scope="row">10\.0\.0\.1:50051<\/th><td class="left">llm<\/td><td>1<\/td><td>9<\/td><td>9<\/td><td>9<\/td>/,
  );
  assert.match(section, /<td>4 of 200<\/td>/);
  assert.match(section, /40\.\d+ ms, 40\.\d+ ms/);
  assert.match(
    section,
    /Told to go<\/th><td class="left">llm<\/td><td class="left">10\.0\.0\.1:50051<\/td><td>10<\/td>/,
  );
  assert.match(section, /too_many_pings &#60;b&#62;/);
  assert.match(section, /connections-ended/);
  // What an older result does not hold is not 0.
  const older = renderHtml(usualRun(), evaluate(usualRun()), { version: "0" });
  assert.doesNotMatch(older, /connections-ended|id="addresses"/);
  assert.match(older, /<th scope="row">llm<\/th><td>1<\/td><td>0<\/td><td>0<\/td><td>0<\/td><td>–<\/td><td>–<\/td>/);
});

Deno.test("renderJson() has what connections did in all, by address, and what was said", () => {
  const run = droppingRun();
  const { connections: [llm] } = JSON.parse(renderJson(run, evaluate(run)));
  assert.deepEqual([llm.lost_total, llm.goaways_total, llm.stream_limit, llm.streams_peak], [9, 9, 200, 4]);
  assert.deepEqual([llm.wait.count, llm.wait.max_ms, llm.ping], [10, 40, null]);
  assert.deepEqual(llm.addresses.map((one: { lost_total: number }) => one.lost_total), [9, 0]);
  assert.deepEqual(llm.notes.map((one: { count: number }) => one.count), [10]);
});

Deno.test("rules read lost connections, reconnects and GOAWAYs of all services, where the result knows them", () => {
  const read = (run: ReturnType<typeof usualRun>, text: string) => readMeasure(run, rule(text), {}).value;
  const dropping = droppingRun();
  assert.equal(read(dropping, "lost_connections < 1"), 27);
  assert.equal(read(dropping, "goaways < 1"), 27);
  assert.equal(read(dropping, "reconnects < 10"), 27);
  const older = rotatedRun();
  assert.equal(read(older, "lost_connections < 1"), null);
  assert.equal(read(older, "reconnects < 10"), 8);
  assert.equal(read(emptyRun(), "reconnects < 10"), null);
});
