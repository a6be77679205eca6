/**
 * Whose fault is it? Every fault of the generator's machine, over every kind of call, closed and open, with rules far from
 * the truth and near it; then as many runs that nobody disturbs.
 *
 *   deno task bench:trust [FAULT...] [--at-once N] [--undisturbed N]
 *
 * FAULT is part of a fault's name; none means all. All together about an hour and a half, `--at-once 4` a third of that. The
 * machine should have nothing else to do. Exits with 1 when a verdict blames the wrong side, or when a run on a quiet
 * machine is INVALID though nobody disturbed it.
 */
import { parseArgs } from "node:util";
import { blamesRight, type Case, inTurns, nameOf, runCase } from "../tests/trust/kit/case.ts";
import { type FaultName, FAULTS } from "../tests/trust/kit/faults.ts";
import { type Kind, makeClip, RULES, ruleText, scenarioFile, type Shape, truthOf } from "../tests/trust/kit/loads.ts";
import { watched } from "../tests/trust/kit/machine.ts";
import { startService } from "../tests/trust/kit/service.ts";
import { runTool } from "../tests/trust/kit/tool.ts";
import { table } from "./peers/table.ts";

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: { "at-once": { type: "string", default: "1" }, undisturbed: { type: "string", default: "32" } },
});
const AT_ONCE = Number(values["at-once"]);
const KINDS: Kind[] = ["unary", "stream", "speech", "turn"];
const SHAPES: Shape[] = ["open", "closed"];

const service = await startService();
const dir = await Deno.makeTempDir({ prefix: "june_load_trust_" });
const clip = await makeClip(dir, 1);
let wrong = 0;

/** What came of one fault, by verdict. */
async function tryFault(fault: FaultName): Promise<string[]> {
  const cases: Case[] = KINDS.flatMap((kind) =>
    SHAPES.flatMap((shape) => RULES.map((rule) => ({ fault, kind, shape, rule })))
  );
  const count = { PASS: 0, FAIL: 0, INVALID: 0, wrong: 0 };
  for (const [at, result] of inTurns(cases, AT_ONCE, (one) => runCase(one, service, clip)).entries()) {
    const came = await result;
    if (typeof came === "string") return [fault, "-", "-", "-", came];
    const one = cases[at] as Case;
    if (blamesRight(one, came)) count[came.status]++;
    else {
      count.wrong++;
      console.error(`WRONG: ${nameOf(one)}: ${came.status}: ${came.sentence}`);
    }
  }
  wrong += count.wrong;
  return [fault, `${count.PASS}`, `${count.FAIL}`, `${count.INVALID}`, `${count.wrong}`];
}

/** Runs that nobody disturbs. */
async function undisturbed(runs: number): Promise<string[]> {
  const count = { right: 0, invalid: 0, noisy: 0, wrong: 0 };
  for (let at = 0; at < runs; at++) {
    const [kind, shape] = [KINDS[at % 4] as Kind, SHAPES[(at >> 2) % 2] as Shape];
    const rule = RULES[(at >> 3) % RULES.length] as typeof RULES[number];
    const file = scenarioFile(service, { kind, shape, thresholds: [ruleText(kind, rule)], seconds: 8, clip });
    const { value: { verdict: { status, sentence } }, noise } = await watched(() => runTool({ file }));
    if (status === truthOf(rule)) count.right++;
    else if (status !== "INVALID") count.wrong++;
    else if (noise !== null) count.noisy++;
    else count.invalid++;
    if (status !== truthOf(rule)) console.error(`${status}: ${sentence} (${noise ?? "quiet"})`);
  }
  wrong += count.invalid + count.wrong;
  return [`nobody, ${runs} runs`, `${count.right}`, `${count.invalid}`, `${count.noisy}`, `${count.wrong}`];
}

const names = (Object.keys(FAULTS) as FaultName[]).filter((name) =>
  positionals.length === 0 || positionals.some((part) => name.includes(part))
);
const rows: string[][] = [];
for (const name of names) {
  rows.push(await tryFault(name));
  console.error(rows.at(-1)?.join("  "));
}
console.log(table(["fault", "PASS, right", "FAIL, right", "INVALID", "blames the wrong side"], rows));
const calm = await undisturbed(Number(values.undisturbed));
console.log(table(["disturbed by", "right", "INVALID, quiet", "INVALID, not quiet", "wrong"], [calm]));
await service.stop();
await Deno.remove(dir, { recursive: true });
Deno.exitCode = wrong === 0 ? 0 : 1;
