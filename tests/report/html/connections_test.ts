/** Lost connections, moved calls and calls that waited: told wherever a run is told of. */
import assert from "node:assert/strict";
import { summaryView } from "../../../lib/ui/views/summary_view.ts";
import { connectionTotals } from "../../../lib/report/figures/facts.ts";
import { renderHtml } from "../../../lib/report/html/page.ts";
import { renderJson } from "../../../lib/report/json.ts";
import { evaluate } from "../../../lib/verdict/evaluate.ts";
import { emptyRun, rotatedRun, usualRun } from "../cases.ts";

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
