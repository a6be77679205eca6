/**
 * june-load held against servers whose behaviour is known.
 *
 *   deno task bench:accuracy [CASE...] [--seconds N] [--seed N] [--write]
 *
 * Cases: frozen, queues, sleeps, gaps, workers, capture. `--seconds` is the length of each queue's run (default 60);
 * longer runs narrow what chance allows. All together about thirteen minutes, `capture` under three: it holds every mark
 * against the packets that tcpdump saw, as root, and `--write` puts its tables into docs/measurement.md. The machine should have nothing else to do and two cores at
 * least: the simulator keeps one busy. Exits with 1 when a figure is off by more than it may be.
 */
import { parseArgs } from "node:util";
import { captureProof } from "./accuracy/capture/proof.ts";
import { type Check, checkTable, holds } from "./accuracy/check.ts";
import { frozenServer, knownSleep, type Queue, queue, tokenGaps, workers } from "./accuracy/proofs.ts";

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
    write: { type: "boolean", default: false },
  },
});
const [seconds, seed, write] = [Number(values.seconds), Number(values.seed), values.write];
const KINDS: readonly Queue["kind"][] = ["M/M/1", "M/D/1"];

const CASES: Record<string, readonly (() => Promise<Check[]>)[]> = {
  frozen: [() => frozenServer({ seconds: 20, freeze_s: 2, per_s: 100 })],
  sleeps: [() => knownSleep(100, 20), () => knownSleep(2000, 20)],
  gaps: [() => tokenGaps(500, 15)],
  workers: [() => workers(20)],
  queues: KINDS.flatMap((kind) =>
    [0.5, 0.8, 0.9].map((load) => () => queue({ kind, load, service_ms: 20, seconds, seed }))
  ),
  capture: [() => captureProof({ seconds, seed, write })],
};

const names = positionals.length > 0 ? positionals : Object.keys(CASES);
const checks: Check[] = [];
for (const name of names) {
  const proofs = CASES[name];
  if (proofs === undefined) throw new Error(`There is no case "${name}"; there are ${Object.keys(CASES).join(", ")}`);
  const found: Check[] = [];
  for (const prove of proofs) found.push(...await prove());
  if (found.length === 0) continue;
  console.log(`\n## ${name}\n\n${checkTable(found)}\n\nload average ${Deno.loadavg()[0]?.toFixed(1)} after`);
  checks.push(...found);
}
const missed = checks.filter((check) => !holds(check));
console.log(`\n${checks.length - missed.length} of ${checks.length} hold`);
Deno.exitCode = missed.length === 0 ? 0 : 1;
