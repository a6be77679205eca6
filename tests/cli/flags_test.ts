import assert from "node:assert/strict";
import { overridesOf, planFlagParameters, type PlanFlags, runFlagParameters } from "../../lib/cli/flags.ts";
import { formFlagParameters } from "../../lib/cli/report/form_flags.ts";
import { faultsOf, fileWith } from "../scenario/helpers.ts";

/** Values that can be read, where a word of nonsense is refused before it gets to a plan. */
const SAMPLES: PlanFlags = { strict: true, testType: "all", target: ["llm=gpu:1"], threshold: ["calls > 1"] };
/** Overrides that have several values have names in the plural. */
const PLURALS: Readonly<Record<string, string>> = { target: "targets", threshold: "thresholds", format: "formats" };

const CLOSED = fileWith({});
const OPEN = ["scenarios:", "  one:", "    rate: 10/s", "    duration: 1m"].join("\n");

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const flags = Object.keys(planFlagParameters) as (keyof PlanFlags)[];
const overrideOf = (flag: keyof PlanFlags) => overridesOf({ [flag]: "nonsense", ...pick(flag) });
const pick = (flag: keyof PlanFlags) => flag in SAMPLES ? { [flag]: SAMPLES[flag] } : {};

Deno.test("every flag of a plan changes what bears its name, but those that name the file", () => {
  for (const flag of flags) {
    const changed = Object.keys(overrideOf(flag));
    const isName = flag === "scenario" || flag === "config";
    assert.deepEqual(changed, isName ? [] : [PLURALS[flag] ?? snake(flag)], flag);
  }
  assert.deepEqual(overridesOf({}), {});
});

Deno.test("a flag whose value cannot be read is refused by its own name: none is laid where nothing reads it", () => {
  const free = ["scenario", "config", "outputDir", ...Object.keys(SAMPLES)];
  for (const flag of flags.filter((one) => !free.includes(one))) {
    const file = flag === "arrivals" || flag === "maxInFlight" ? OPEN : CLOSED;
    const faults = faultsOf(file, { overrides: overrideOf(flag) });
    assert.ok(
      faults.some((fault) => fault.startsWith(`--${snake(flag).replaceAll("_", "-")}: `)),
      `${flag}: ${faults}`,
    );
    assert.ok(!faults.some((fault) => /not known|unknown/i.test(fault)), `${flag}: ${faults}`);
  }
});

Deno.test("every flag of run that changes no plan is read by the command", async () => {
  // Those of the forms are read together, by formFiles().
  const shared = { ...planFlagParameters, ...formFlagParameters };
  const own: string[] = Object.keys(runFlagParameters).filter((name) => !(name in shared));
  const dir = new URL("../../lib/cli/run/", import.meta.url);
  const texts: string[] = [];
  for await (const { name } of Deno.readDir(dir)) texts.push(await Deno.readTextFile(new URL(name, dir)));
  const unread = own.filter((name) => !texts.some((text) => new RegExp(`\\b${name}\\b`).test(text)));
  assert.deepEqual(unread, []);
});
