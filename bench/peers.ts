/**
 * june-load side by side with other load generators, against one grpc-go server on this machine.
 *
 *   deno task bench:peers [CASE...] [--rounds N]
 *
 * Cases: unary, stream, one, paced, many. What is needed beside h2load (Debian: nghttp2-client) and
 * Go is built into .cache/bench, which takes minutes the first time. Client CPU is user and system time of the whole
 * client process, less that of the same command with one call per slot. Clients take turns; medians are printed. The
 * machine should have nothing else to do: compare ratios within one run only.
 */
import { parseArgs } from "node:util";
import { CASES } from "./peers/cases.ts";
import { buildPrograms } from "./peers/programs.ts";

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: { rounds: { type: "string", default: "3" } },
});
const rounds = Number(values.rounds);
const names = positionals.length > 0 ? positionals : Object.keys(CASES);

await buildPrograms();
for (const name of names) {
  const found = CASES[name];
  if (found === undefined) throw new Error(`There is no case "${name}"; there are ${Object.keys(CASES).join(", ")}`);
  const load = () => Deno.loadavg()[0]?.toFixed(1);
  const before = load();
  const text = await found.run(rounds);
  console.log(`\n## ${name}: ${found.brief}\n\n${text}\n\nload average ${before} before, ${load()} after`);
}
