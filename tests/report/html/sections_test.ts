/** The sections on kinds of services, stages, loads, recovery and trust: there where they say something, and only there. */
import assert from "node:assert/strict";
import { noGenerator } from "../../../lib/measure/generator.ts";
import type { Run } from "../../../lib/result/run.ts";
import { generatorSection } from "../../../lib/report/html/sections/generator.ts";
import { GLOSSARY } from "../../../lib/report/html/sections/glossary.ts";
import { renderHtml } from "../../../lib/report/html/page.ts";
import { rulesTable } from "../../../lib/report/html/sections/rules.ts";
import type { FitCheck } from "../../../lib/verdict/generator_fit.ts";
import type { RuleOutcome } from "../../../lib/verdict/verdict.ts";
import { killedRun, unfinishedRun, usualRun, verdictOf } from "../cases.ts";
import { driftingRun, openRun, speechRun, spikeRun, unaryRun } from "../speech_cases.ts";

const pageOf = (run: Run) => {
  const page = renderHtml(run, verdictOf(run), { version: "0.1.0" });
  return page.slice(page.indexOf("<main>"), page.indexOf("</main>"));
};

/** What stands between the heading with an id and the next heading, as text. */
function sectionOf(page: string, id: string): string {
  const [, body] = new RegExp(`<(?:h2|h3|summary) id="${id}">(.*?)(?=<h[23]|$)`, "s").exec(page) ?? [];
  assert.ok(body !== undefined, `the page has no section ${id}`);
  return body.replace(/<[^>]*>/g, " ").replaceAll("&#62;", ">").replaceAll("&#60;", "<").replace(/\s+/g, " ");
}

const has = (page: string, id: string) => page.includes(` id="${id}">`);

Deno.test("a run of one unary task has no table of streams, speech, turns or recovery", () => {
  const page = pageOf(unaryRun());
  for (const id of ["llm", "stt", "tts", "turns", "recovery", "drift"]) assert.ok(!has(page, id), id);
  assert.ok(has(page, "operations") && has(page, "generator"));
});

Deno.test("language models show first token, gaps, time per word, and say that words were counted", () => {
  const text = sectionOf(pageOf(speechRun({ calls_per_s: 30 })), "llm");
  assert.match(text, /Output is counted in words because the server reports no tokens/);
  assert.match(text, /First token Gap Largest gap Per word Words\/s Length/);
  assert.match(text, /one user in total/);
  // 30 calls a second with 48 words each.
  assert.match(text, / 1,440 /);
  assert.doesNotMatch(text, /token or word/);
});

Deno.test("language models whose servers count differently are named with what was counted", () => {
  const run = speechRun({ operations: ["llm.chat_stream", "llm.generate"] });
  const text = sectionOf(pageOf(run), "llm");
  assert.match(text, /else in words: llm\.chat_stream in words, llm\.generate in tokens\./);
  assert.match(text, /Per token or word/);
});

Deno.test("speech to text shows the word error rate with its words, and warns of speech that was sent late", () => {
  const run = speechRun({ calls_per_s: 20 });
  const text = sectionOf(pageOf(run), "stt");
  const { word_errors, reference_words } = {
    word_errors: run.total({ operations: "stt.*" }).counter("word_errors"),
    reference_words: run.total({ operations: "stt.*" }).counter("reference_words"),
  };
  const percent = (100 * word_errors / reference_words).toFixed(2).replace(/\.?0+$/, "");
  assert.match(text, new RegExp(`${percent} % .*of ${reference_words.toLocaleString("en")} words`));
  assert.doesNotMatch(text, /not sent as it is spoken/);
  assert.match(text, /After its audio .*stt\.recognize_stream .* 150 150 /);
  const late = speechRun({ late_us: 40_000 });
  assert.match(sectionOf(pageOf(late), "stt"), /Speech was not sent as it is spoken: .* more than 20\.0 ms late/);
  assert.match(pageOf(late), /<td class="minded[^"]*" title="speech was not sent in real time/);
});

Deno.test("the worst transcripts stand beside what was said, as text and never as markup", () => {
  const run = speechRun();
  assert.ok(!has(pageOf(run), "worst-transcripts"));
  const generator = noGenerator();
  const counts = { series: [], failures: [], users: 0, in_flight: 0, connections: [], generator, turns: [] };
  const said = "Call me at nine, please.";
  const heard = "<script>alert(1)</script> \u001b[31mcall \u202eme";
  const transcripts = [{ operation: "stt.recognize_stream", start_ms: 20_000, errors: 3, words: 5, said, heard }];
  run.add({ type: "interval", index: 20, ...counts, transcripts });
  const page = pageOf(run);
  const shown = "3 of 5 Call me at nine, please. <script>alert(1)</script> call me".replace(/ (?=<)/, "  ");
  assert.ok(
    sectionOf(page, "worst-transcripts").includes(shown.replace(/\s+/g, " ")),
    sectionOf(page, "worst-transcripts"),
  );
  assert.doesNotMatch(page, /<script>alert/);
  assert.match(sectionOf(page, "stt"), /stt\.recognize_stream: interim results joined\./);
  assert.match(sectionOf(page, "stt"), /WER WER, basic/);
});

Deno.test("text to speech shows stalls as a share of played calls", () => {
  const text = sectionOf(pageOf(speechRun({ calls_per_s: 20 })), "tts");
  assert.match(text, /First audio Real-time factor/);
  assert.match(text, /[\d.]+ % .*of 720 played/);
  assert.match(text, /a player that starts with the first audio;/);
});

Deno.test("voice turns show each leg's share, a typical turn and the slowest", () => {
  const page = pageOf(speechRun({ calls_per_s: 20 }));
  assert.ok(page.indexOf('id="turns"') < page.indexOf('id="operations"'), "what people wait for comes first");
  const legs = sectionOf(page, "legs-voice_turn");
  const shares = [...legs.matchAll(/ ([\d.]+) % /g)].map(([, share]) => Number(share));
  assert.equal(shares.length, 3);
  assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 100) < 0.2, `${shares}`);
  assert.match(page, /The slowest turn kept: 2\.06 s, at 0:30/);
  assert.match(page, /A typical turn: 9\d\d ms/);
  assert.equal(page.match(/<svg class="span tts"/g)?.length, 4);
});

Deno.test("stages show what was asked for and what was reached of it", () => {
  const text = sectionOf(pageOf(openRun()), "stages");
  assert.match(text, /before 0:04–0:16 24\.0\/s 28\.0 24\.0 48 /);
  assert.match(text, /spike 0:16–0:24 24\.0 to 60\.0\/s /);
  assert.match(text, /after 0:24–0:40 24\.0\/s ± 6\.00 every 8\.00 s /);
  assert.match(sectionOf(pageOf(usualRun()), "stages"), /hold 0:04–0:20 16 to 20 users /);
  assert.doesNotMatch(sectionOf(pageOf(usualRun()), "stages"), /Offered/);
});

Deno.test("a percentile that lies among timeouts is shown as its deadline or more", () => {
  const page = pageOf(openRun({ timeouts: 1 }));
  const operations = sectionOf(page, "operations");
  assert.match(operations, /≥ 30,000/);
  assert.match(page, /title="[^"]*so many calls timed out that this lies beyond their deadline"/);
  assert.doesNotMatch(sectionOf(pageOf(openRun()), "operations"), /≥/);
});

Deno.test("intervals stand below figures that carry one, and n below those that do not", () => {
  const page = pageOf(speechRun({ calls_per_s: 30 }));
  assert.match(
    page,
    /<td title="95 % confidence interval below; from [\d,]+ values">[\d,]+<small>[\d,]+–[\d,]+<\/small>/,
  );
  assert.match(
    pageOf(usualRun()),
    /<td class="few" title="from 120 values, too few to trust it">[\d,]+<small>n 120<\/small>/,
  );
});

Deno.test("recovery shows each metric's time, and the findings the instant", () => {
  const run = spikeRun();
  const text = sectionOf(pageOf(run), "recovery");
  assert.match(text, /20\.0 s after the end of spike everything was as in before again/);
  assert.match(text, /P95 response time, llm\.embed \d+ ms ≤ \d+ ms 20\.0 s/);
  assert.match(text, /error rate 0 % ≤ 1 % at once/);
  assert.match(
    sectionOf(pageOf(run), "what"),
    /1:30 – 1:50 spike ends\. Everything is as in before again after 20\.0 s\./,
  );
});

Deno.test("drift shows the change an hour with its interval, and only where a stage is long enough", () => {
  const text = sectionOf(pageOf(driftingRun()), "drift");
  // Half in twenty minutes is one and a half times in an hour.
  const [, change] = /P95 response time, llm\.embed \d+ ms \+([\d.]+) %\/h \+/.exec(text) ?? [];
  assert.ok(Number(change) > 100 && Number(change) < 200, text);
  assert.match(text, /a trend: the interval leaves out 0/);
  assert.ok(!has(pageOf(spikeRun()), "drift"), "a minute says nothing of an hour");
});

const RULE: RuleOutcome = {
  threshold: {
    source: "p95(latency) < 2s",
    measure: { kind: "percentile", percentile: 95, of: "latency" },
    operations: null,
    stage: null,
    comparison: "<",
    limit: 2e6,
    level: "fail",
  },
  passed: true,
  observed: 1.5e6,
  observed_text: "1.50 s",
  worst: null,
  n: 500,
  ratio: 0.75,
  interval: { low: 1.4e6, high: 1.62e6 },
  data: "enough",
  unsure: null,
  unproven: null,
  undecided: null,
  inapplicable: null,
};

Deno.test("rulesTable() shows interval, data and what a break does", () => {
  const table = (rules: RuleOutcome[], strict = false) =>
    rulesTable(rules, strict)?.text.replace(/<svg.*?<\/svg>/gs, "").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ") ?? "";
  assert.match(
    table([RULE]),
    /✓ 95 % of all calls within|✓ P95 of the latency of all calls below 2 s p95\(latency\) &#60; 2s 1\.50 s 1\.40–1\.62 s certain/,
  );
  const abort: RuleOutcome = { ...RULE, passed: false, threshold: { ...RULE.threshold, level: "abort" } };
  assert.match(table([abort]), /✕ .*p95\(latency\) &#60; 2s aborts the run/);
  const warn: RuleOutcome = { ...RULE, passed: false, threshold: { ...RULE.threshold, level: "warn" } };
  assert.match(table([warn]), /! .*p95\(latency\) &#60; 2s warns only/);
  const unsure: RuleOutcome = { ...RULE, passed: false, data: "too little", unsure: "500 calls where 662 would do" };
  assert.match(table([unsure], true), /500 calls where 662 would do .* Strict: a rule passes only when enough/);
  assert.equal(rulesTable([], false), null);
});

Deno.test("rulesTable() begins with what is broken, then what is nearest to its limit, and ticks only what is certain", () => {
  const named = (source: string, change: Partial<RuleOutcome>): RuleOutcome => ({
    ...RULE,
    ...change,
    threshold: { ...RULE.threshold, source, ...change.threshold },
  });
  const rules = [
    named("far", { ratio: 0.2 }),
    named("near", { ratio: 0.98, unproven: { more_ms: 60_000 } }),
    named("open", { undecided: { kind: "one piece", whole: 3, calls: 4 }, passed: false }),
    named("over", { ratio: 1.2, passed: false }),
    named("short", { ratio: 0.9, passed: false, threshold: { ...RULE.threshold, source: "short", comparison: ">=" } }),
  ];
  const page = rulesTable(rules, false)?.text ?? "";
  assert.deepEqual([...page.matchAll(/<code>(\w+)<\/code>/g)].map(([, source]) => source), [
    ...["over", "short", "open", "near", "far"],
  ]);
  assert.deepEqual(
    [...page.matchAll(/class="mark" title="([^"]*)">(.)</g)].map(([, word, mark]) => `${mark} ${word}`),
    [
      ...["✕ broken", "✕ broken", "? not known", "~ holds, but not for certain", "✓ holds"],
    ],
  );
  assert.match(page, /not certain<small>1 min more would do/);
});

Deno.test("generatorSection() says yes, but or no, and what to change", () => {
  const check = (state: FitCheck["state"], advice = "") => ({
    name: "tasks begun on time",
    value: "P99 2 ms late",
    state,
    advice,
  });
  const text = (checks: ReturnType<typeof check>[]) =>
    generatorSection(checks)?.text.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
  assert.match(text([check("ok")]) ?? "", /Yes\. ✓ Tasks begun on time: P99 2 ms late/);
  assert.match(text([check("ok"), check("warn", "mind it")]) ?? "", /It did, but for what is marked\. .*! .*Mind it\./);
  assert.match(
    text([check("invalid", "give it more workers")]) ?? "",
    /No: june-load, and not the services, was the limit\. ✕ .*Give it more workers\./,
  );
  const unknown = generatorSection([check("ok"), check("unknown")])?.text ?? "";
  assert.match(unknown, /As far as could be seen, yes\./);
  // Neither green nor a warning.
  assert.match(unknown, /<li class="quiet"><b title="not known: could not be seen, or too little to say">\?<\/b>/);
  assert.equal(generatorSection([]), null);
});

Deno.test("the glossary has each term once", () => {
  const terms = GLOSSARY.map(([term]) => term);
  assert.equal(new Set(terms).size, terms.length);
});

Deno.test("the page counts unfinished calls at its head, in its table of operations and under trust", () => {
  const page = pageOf(unfinishedRun());
  assert.match(page, /9 unfinished, 0 unaccounted/);
  assert.match(page, /<th[^>]*>Unfinished<\/th>/);
  assert.match(
    page,
    /9 calls were unfinished: cut off by the end of the run; 6 were overdue by then and count as errors/,
  );
  assert.doesNotMatch(pageOf(usualRun()), /<th[^>]*>Unfinished<\/th>/);
});

Deno.test("calls of a run that was killed are in flight, not unaccounted", () => {
  const page = pageOf(killedRun());
  assert.match(page, /3 in flight when it broke off/);
  assert.doesNotMatch(page, /3 unaccounted|are unaccounted for/);
});
