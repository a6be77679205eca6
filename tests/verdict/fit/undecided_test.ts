/** What an INVALID verdict says of june-load: what it did, and the one remedy. */
import assert from "node:assert/strict";
import type { HostSample } from "../../../lib/measure/resource.ts";
import type { GeneratorData } from "../../../lib/measure/interval.ts";
import { Series } from "../../../lib/measure/series.ts";
import { evaluate } from "../../../lib/verdict/evaluate.ts";
import { rule, task } from "../../plans.ts";
import { madeRun, OPEN } from "../made_run.ts";
import { withHost } from "./host_samples.ts";

/** Ten calls a second, of which those of six seconds were spoilt and took 3 s. */
function sentenceOf(late: number, generator: Partial<GeneratorData>, host: Partial<HostSample> = {}): string {
  const run = madeRun({
    plan: { tasks: [task("llm.chat")], loads: [OPEN], thresholds: [rule("p95(response_time) < 2s")] },
    calls: (_, second) => {
      const series = new Series();
      for (let i = 0; i < 10; i++) {
        const spoilt = second < 6;
        for (const one of spoilt ? [series, series.tainted] : [series]) {
          one.issued++;
          one.outcomes.ok++;
          for (const  of of["response_time", "latency"] as const) {
            one.histogram(of).record(spoilt ? 3_000_000 : 100_000);
          }
        }
      }
      if (second < 6) series.count("late_speech", late);
      return series;
    },
    generator: (second) => ({ due: 10, begun: 10, ...(second === 5 ? generator : {}) }),
  });
  const { status, sentence } = evaluate(withHost(run, () => host));
  assert.equal(status, "INVALID");
  return sentence;
}

Deno.test("an undecided verdict names stalls and the remedy for what caused them", () => {
  const stalls = [{ start_ms: 5000, length_ms: 800, workers: [0] }, { start_ms: 5900, length_ms: 60, workers: [0] }];
  assert.equal(
    sentenceOf(0, { stalls }, { throttled_percent: 30, cpu_limit_cores: 0.5 }),
    'june-load itself stood still (2 times, the longest 800 ms at 0:05), which touched 60 of 600 calls that "p95(response_time) < 2s" ' +
      "reads: 3.00 s with them, 100 ms without. To decide it, raise the CPU limit of this container: it may use 0.5 cores " +
      "and was held back in 30 % of its time slices.",
  );
});

Deno.test("an undecided verdict tells of late speech, and of stalls too short to list", () => {
  assert.match(sentenceOf(10, {}), /^june-load itself sent 60 clips of speech late, which touched 60 of 600 calls/);
  assert.match(
    sentenceOf(0, {}),
    /^june-load itself stood still \(often, for less than 50 ms at a time\), which touched/,
  );
});
