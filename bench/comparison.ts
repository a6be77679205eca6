/**
 * How often comparisons are right: pairs of runs of simulated services (three operations, correlated seconds), the same on
 * both sides or with the language model slowed down. Prints the table of docs/measurement.md; simulated time, real
 * arithmetic: each run goes through the same fold as a saved one. A quarter of an hour.
 *
 *     deno run -A bench/comparison.ts [pairs] [name]
 */
import { type TrialCase, trialsOf } from "../tests/compare/trials.ts";

const pairs = Number(Deno.args[0] ?? 100);
const FIVE_MINUTES = { seconds: 300, rate_per_s: 20 };
const WAVES = { betweenSeconds: 0.1, correlation: 0.95 };

const CASES: Readonly<Record<string, TrialCase>> = {
  "5 min, 20 calls/s": FIVE_MINUTES,
  "5 min, 20 calls/s, model 10 % slower": { ...FIVE_MINUTES, slow: 1.1 },
  "5 min, 10 calls/s": { ...FIVE_MINUTES, rate_per_s: 10 },
  "5 min, 10 calls/s, model 10 % slower": { ...FIVE_MINUTES, rate_per_s: 10, slow: 1.1 },
  "1 min, 20 calls/s": { ...FIVE_MINUTES, seconds: 60 },
  "1 min, 20 calls/s, model 10 % slower": { ...FIVE_MINUTES, seconds: 60, slow: 1.1 },
  "5 min, waves of 20 s and 10 %": { ...FIVE_MINUTES, ...WAVES },
  "5 min, waves of 20 s and 10 %, model 10 % slower": { ...FIVE_MINUTES, ...WAVES, slow: 1.1 },
  "5 min, runs differ by 1 %": { ...FIVE_MINUTES, betweenRuns: 0.01 },
  "5 min, runs differ by 2 %": { ...FIVE_MINUTES, betweenRuns: 0.02 },
  "3 runs a side, which differ by 2 %": { ...FIVE_MINUTES, betweenRuns: 0.02, runs: 3 },
  "3 runs a side, which differ by 2 %, model 10 % slower": { ...FIVE_MINUTES, betweenRuns: 0.02, runs: 3, slow: 1.1 },
  "5 runs a side, which differ by 2 %, model 10 % slower": { ...FIVE_MINUTES, betweenRuns: 0.02, runs: 5, slow: 1.1 },
};

console.log(`| of ${pairs} pairs | certain of a difference | called different | slowdown found | ± at P95 |`);
console.log("| --- | ---: | ---: | ---: | ---: |");
for (const [name, one] of Object.entries(CASES)) {
  if (!name.includes(Deno.args[1] ?? "")) continue;
  const { different, called, found, margin } = trialsOf(one, pairs, 1000);
  const seen = (one.slow ?? 1) === 1 ? "" : String(found);
  console.log(`| ${name} | ${different} | ${called} | ${seen} | ${(margin * 100).toFixed(1)} % |`);
}
