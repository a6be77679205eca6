import assert from "node:assert/strict";
import { GLOSSARY } from "../../lib/report/html/sections/glossary.ts";
import { wordFigures } from "../../lib/report/figures/exported.ts";
import {
  DISTRIBUTION_NAMES,
  DISTRIBUTIONS,
  type Figure,
  FIGURE_NAMES,
  FIGURES,
} from "../../lib/plan/threshold/threshold.ts";
import { parseThreshold } from "../../lib/plan/threshold/parser.ts";
import { readMeasure } from "../../lib/verdict/read_measure.ts";
import { madeRun, okCalls } from "./made_run.ts";

/** Of 12 calls in each of 60 seconds: 7 ok (5 good), 2 failed, 1 timed out, 1 unfinished, 1 dropped. */
const run = madeRun({
  calls: (operation) => {
    if (operation !== "llm.chat_stream") return null;
    const series = okCalls(7, 100_000, (series) => {
      series.count("good", 5);
      series.count("output_tokens", 70);
      series.count("word_errors", 3);
      series.count("reference_words", 40);
      series.count("basic_word_errors", 5);
      series.count("basic_reference_words", 50);
      series.count("played_calls", 6);
      series.count("stalled_calls", 2);
    });
    series.issued = 12;
    Object.assign(series.outcomes, { failed: 2, timed_out: 1, unfinished: 1, dropped: 1 });
    return series;
  },
});

/** Worked out by hand from the counts above; those of the whole run have tests of their own. */
const EXPECTED: Readonly<Record<Figure, number | null>> = {
  error_rate: 3 / 10,
  throughput: 7,
  calls: 720,
  goodput: 5,
  good_rate: 5 / 11,
  dropped: 1 / 12,
  token_rate: 70,
  wer: 3 / 40,
  wer_basic: 5 / 50,
  stalled: 2 / 6,
  load: null,
  recovery_time: null,
  lost_connections: null,
  reconnects: null,
  goaways: null,
  energy: null,
  energy_per_call: null,
  energy_per_token: null,
  energy_per_audio_second: null,
  energy_per_turn: null,
};

Deno.test("every figure reads what its formula says", () => {
  for (const name of FIGURE_NAMES) {
    const threshold = parseThreshold(FIGURES[name].example);
    assert.ok("measure" in threshold, name);
    assert.equal(threshold.measure.kind, name);
    const expected = EXPECTED[name];
    if (expected !== null) assert.equal(readMeasure(run, threshold, {}).value, expected, name);
  }
});

Deno.test("every figure and distribution is explained in the glossary and in docs/measurement.md", async () => {
  const terms = new Set(GLOSSARY.map(([term]) => term));
  const docs = await Deno.readTextFile(new URL("../../docs/measurement.md", import.meta.url));
  for (const name of FIGURE_NAMES) {
    assert.ok(terms.has(FIGURES[name].term), `glossary: ${name}`);
    assert.ok(docs.includes(`\`${name}`), `docs/measurement.md: ${name}`);
  }
  for (const name of DISTRIBUTION_NAMES) {
    assert.ok(terms.has(DISTRIBUTIONS[name].term), `glossary: ${name}`);
    assert.ok(docs.includes(`\`${name}`), `docs/measurement.md: ${name}`);
  }
});

Deno.test("files for other programs hold every figure that a selection of calls has", () => {
  const exported = FIGURE_NAMES.filter((name) => FIGURES[name].exported);
  assert.deepEqual(wordFigures(run, {}).map(({ measure }) => measure), exported);
  assert.deepEqual(FIGURE_NAMES.filter((name) => FIGURES[name].kind !== "whole_run" && name !== "calls"), exported);
});
