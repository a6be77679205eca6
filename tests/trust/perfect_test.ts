/**
 * A perfect service passes: every built-in scenario, every command of README and every scenario of the docs, made short,
 * against services that answer at once, with clips of several lengths.
 */
import assert from "node:assert/strict";
import { parse } from "yaml";
import { builtInScenario, builtInScenarios } from "../../lib/scenario/built_in.ts";
import { constant } from "../../lib/sim/model/distribution.ts";
import { instantModels } from "../sim/instant_models.ts";
import { inTurns } from "./kit/case.ts";
import { runCommands, yamlBlocks } from "./kit/examples.ts";
import { makeClip } from "./kit/loads.ts";
import { watched } from "./kit/machine.ts";
import { scaled } from "./kit/scaled.ts";
import { type Service, startService } from "./kit/service.ts";
import { runTool } from "./kit/tool.ts";

const AT_ONCE = 4;
/** Length of a clip; a load lasts longer, or no call would end in it. */
const CLIPS_S = [1, 4, 7.5];
const loadLength = (clip_s: number) => 5 + 1.3 * clip_s;
/** Services of many kinds share the calls: each is to have some. */
const MIXED_S = 20;

type Tree = Record<string, unknown>;

/** One run of one scenario. */
interface Example {
  name: string;
  scenario: Tree;
  /** What the scenario has of its own; absent: June's three. */
  services?: Tree;
  clip_s: number;
  flags: string[];
  /** Its page says that it fails. */
  fails?: boolean;
}

function built(name: string): { scenario: Tree; services?: Tree } {
  const file = parse(builtInScenario(name) as string) as { services: Tree; scenarios: Record<string, Tree> };
  const scenario = file.scenarios[name] as Tree;
  return name === "mixed" ? { scenario, services: file.services } : { scenario };
}

/** Scenarios that speak, in which the length of a clip could matter most, get every length; others take turns. */
const EVERY_LENGTH = ["smoke", "baseline", "conversation"];

function examples(): Example[] {
  const turn = (at: number) => CLIPS_S[at % CLIPS_S.length] as number;
  const ours = builtInScenarios().flatMap(({ name }, at): Example[] =>
    (EVERY_LENGTH.includes(name) ? CLIPS_S : [turn(at)]).map((clip_s) => ({
      name: `scenario ${name}, clips of ${clip_s} s`,
      ...built(name),
      clip_s,
      flags: name === "mixed" ? ["--sim"] : [],
    }))
  );
  const commands = runCommands().filter(({ words: [, name] }) => builtInScenario(name as string) !== null).map(
    ({ where, words }, at): Example => ({
      name: `${where}: ${words.join(" ")}`,
      ...built(words[1] as string),
      clip_s: turn(at),
      // A strict rule needs the command's own length: tests/gate has it.
      flags: words.slice(2).filter((word, i, all) =>
        word !== "--strict" && ![word, all[i - 1]].some((one) => /^--(target|duration)$/.test(one ?? ""))
      ),
      fails: words.includes("--fault"),
    }),
  );
  const blocks = yamlBlocks().flatMap(({ where, text }) => {
    const { scenarios = {} } = parse(text) as { scenarios?: Record<string, Tree> };
    // Two loads at the same time name two others of the file, which are tried one by one. Nobody plays services of one's own.
    const tried = Object.entries(scenarios).filter(([, one]) =>
      one.parallel === undefined && !JSON.stringify(one).includes('"call@')
    );
    return tried.map((
      [name, scenario],
      at,
    ): Example => ({
      name: `${where}: ${name}`,
      scenario,
      clip_s: turn(at),
      flags: [],
    }));
  });
  return [...ours, ...commands, ...blocks];
}

const EXAMPLES = examples();

function run({ scenario, services, clip_s, flags }: Example, service: Service, clips: string[]) {
  const { llm, stt, tts } = service.addresses;
  const june = {
    grpc: { llm: { host: llm }, stt: { host: stt, clips: clips[CLIPS_S.indexOf(clip_s)] }, tts: { host: tts } },
  };
  const trust = scaled(scenario, services === undefined ? loadLength(clip_s) : MIXED_S);
  return watched(() => runTool({ file: { services: services ?? june, scenarios: { trust } }, flags }));
}

let running: ReturnType<typeof run>[] | null = null;
let stop = () => Promise.resolve();

Deno.test.beforeAll(async () => {
  const models = instantModels();
  // Infinity has no place in JSON.
  models.llm.tokens_per_s = constant(1e9);
  const service = await startService({ models });
  const dir = await Deno.makeTempDir({ prefix: "june_load_trust_" });
  const clips = await Promise.all(CLIPS_S.map((seconds) => makeClip(dir, seconds)));
  running = inTurns(EXAMPLES, AT_ONCE, (one) => run(one, service, clips));
  stop = async () => {
    await service.stop();
    await Deno.remove(dir, { recursive: true });
  };
});
Deno.test.afterAll(() => stop());

for (const [at, { name, fails = false }] of EXAMPLES.entries()) {
  Deno.test({ name, sanitizeOps: false, sanitizeResources: false }, async () => {
    const done = await running?.[at];
    assert.ok(done !== undefined);
    const { value: { verdict: { status, sentence }, told, code }, noise } = done;
    assert.equal(code, { PASS: 0, FAIL: 99, INVALID: 5 }[status], told);
    if (status === "INVALID" && noise !== null) return console.log(`not known: ${noise}; ${sentence}`);
    assert.equal(status, fails ? "FAIL" : "PASS", told);
  });
}
