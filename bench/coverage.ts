/**
 * How often the intervals of confidence hold the truth: 200 runs each of a simulated queue at 80 % load, whose calls
 * resemble their neighbours, for several lengths and rates. Prints the table of docs/measurement.md; takes some minutes.
 *
 *     deno run bench/coverage.ts [runs]
 */
import { type Coverage, coverageOf } from "../tests/statistics/coverage.ts";

const runs = Number(Deno.args[0] ?? 200);
const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
const cell = ({ held, given, width, grey, none }: Coverage) =>
  `${percent(held / given)} (${percent(width)})${grey > 0 ? `, grey ${percent(grey / runs)}` : ""}${
    none > 0 ? `, none ${percent(none / runs)}` : ""
  }`;

console.log(
  "| arrivals | length | calls | mean | P50 | P95 | P99 | slow calls | rate |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
);
for (
  const [rate_per_s, seconds] of [[5, 300], [5, 600], [5, 1800], [20, 300], [20, 600], [50, 60], [50, 300], [50, 600]]
) {
  const found = coverageOf({ rate_per_s: rate_per_s as number, load: 0.8, seconds: seconds as number }, runs, 1);
  const calls = (rate_per_s as number) * (seconds as number);
  console.log(`| ${rate_per_s}/s | ${seconds} s | ${calls} | ${found.map(cell).join(" | ")} |`);
}
