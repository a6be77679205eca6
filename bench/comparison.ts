/**
 * How often comparisons are right: pairs of runs of simulated services (three operations, correlated seconds), the same on
 * both sides or with the language model slowed down; then duets on a machine that others use, too. Prints the tables of
 * docs/measurement.md; simulated time, real arithmetic: each run goes through the same fold as a saved one. Half an hour.
 *
 *     deno run -A bench/comparison.ts [pairs] [name]
 */
import { type DuetCase, duetTrials } from "../tests/compare/duet_trials.ts";
import type { Noise } from "../tests/compare/simulated_duet.ts";
import { type TrialCase, trialsOf } from "../tests/compare/trials.ts";

const pairs = Number(Deno.args[0] ?? 100);
const wanted = (name: string) => name.includes(Deno.args[1] ?? "");
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

/** What others do on the machine: waves of 10 %, times that grow by 30 % over the run, and jobs of 5 s that take 1.8 times. */
const BUSY: Noise = {
  seconds: 0.1,
  correlation: 0.9,
  drift: 1.3,
  bursts: { per_minute: 2, seconds: 5, factor: 1.8 },
};
const MODEL = { ...FIVE_MINUTES, alone: true };
/** Of the noise of a second 1 % is of one side alone. */
const APART: Noise = { ...BUSY, apart: 0.01 };

const DUETS: Readonly<Record<string, DuetCase>> = {
  "duet: quiet machine, 5 min": MODEL,
  "duet: quiet machine, 5 min, B 3 % slower": { ...MODEL, slow: 1.03 },
  "duet: busy machine, 5 min": { ...MODEL, noise: BUSY },
  "duet: busy machine, 5 min, B 3 % slower": { ...MODEL, noise: BUSY, slow: 1.03 },
  "duet: busy machine, 10 min": { ...MODEL, seconds: 600, noise: BUSY },
  "duet: busy machine, 10 min, B 3 % slower": { ...MODEL, seconds: 600, noise: BUSY, slow: 1.03 },
  "duet: busy machine, 1 % not shared, 10 min": { ...MODEL, seconds: 600, noise: APART },
  "duet: busy machine, 1 % not shared, 10 min, B 3 % slower": { ...MODEL, seconds: 600, noise: APART, slow: 1.03 },
  "duet: three services, busy machine, 20 min": { ...FIVE_MINUTES, seconds: 1200, noise: BUSY },
  "duet: three services, busy machine, 20 min, B 3 % slower": {
    ...FIVE_MINUTES,
    seconds: 1200,
    noise: BUSY,
    slow: 1.03,
  },
  "duet: busy machine, 1 min, B 10 % slower": { ...MODEL, seconds: 60, noise: BUSY, slow: 1.1 },
};

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

const cases = Object.entries(CASES).filter(([name]) => wanted(name));
if (cases.length > 0) {
  console.log(`| of ${pairs} pairs | certain of a difference | called different | slowdown found | ± at P95 |`);
  console.log("| --- | ---: | ---: | ---: | ---: |");
}
for (const [name, one] of cases) {
  const { different, called, found, margin } = trialsOf(one, pairs, 1000);
  const seen = (one.slow ?? 1) === 1 ? "" : String(found);
  console.log(`| ${name} | ${different} | ${called} | ${seen} | ${percent(margin)} |`);
}

const duets = Object.entries(DUETS).filter(([name]) => wanted(name));
if (duets.length > 0) {
  console.log(
    `\n| of ${pairs} duets | called different | slowdown found | found unpaired | ± of pairs | ± at P95 | unpaired |`,
  );
  console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
}
for (const [name, one] of duets) {
  const { called, found, foundApart, margins } = duetTrials(one, pairs, 7000);
  const seen = (one.slow ?? 1) === 1 ? ["", ""] : [found, foundApart];
  const widths = [margins.pairs, margins.p95, margins.p95_apart].map(percent);
  console.log(`| ${[name.slice("duet: ".length), called, ...seen, ...widths].join(" | ")} |`);
}
