import assert from "node:assert/strict";
import { loadInputs } from "../../lib/driver/registry.ts";
import type { PickFacts } from "../../lib/driver/inputs/inputs.ts";
import { DEFAULT_INPUT_PLAN, type InputPlan } from "../../lib/plan/inputs.ts";
import { duetOf } from "../../lib/plan/duet.ts";
import { drawPair } from "../../lib/pool/pair.ts";
import { indexPlan } from "../../lib/pool/prepare.ts";
import { userRandom } from "../../lib/schedule/random.ts";
import { task } from "../plans.ts";
import { makePlan } from "../result/make_run.ts";

/** The chats of both sides of a duet whose inputs come from a file of `questions`. */
async function chatsOf(dir: string, questions: number, input_plan: Partial<InputPlan>) {
  const path = `${dir}/questions.txt`;
  await Deno.writeTextFile(path, Array.from({ length: questions }, (_, i) => `Question ${i}?\n`).join(""));
  const [llm] = makePlan().services;
  const service = {
    ...llm!,
    inputs: [{ path, at: "a.yaml:1:1" }],
    input_plan: { ...DEFAULT_INPUT_PLAN, ...input_plan },
  };
  const plan = makePlan({ services: [service], tasks: [task("llm.chat")] });
  const duet = duetOf(plan, plan);
  const indexes = await indexPlan(duet);
  return await Promise.all(duet.services.map(async (one) => {
    const inputs = await loadInputs(one, indexes[one.name]);
    assert.ok(inputs.kind === "llm" && !Array.isArray(inputs.chats));
    return inputs.chats as Exclude<typeof inputs.chats, readonly unknown[]>;
  }));
}

async function inFolder(body: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  await body(dir).finally(() => Deno.remove(dir, { recursive: true }));
}

const user = { load: 0, number: 0 };
const random = userRandom(7, 0, 0);

Deno.test("both sides of a duet take the same entry of a file in turns, whichever picks first", () =>
  inFolder(async (dir) => {
    const [base, other] = await chatsOf(dir, 5, { order: "sequential" });
    const seen: string[] = [];
    const repeated: unknown[] = [];
    for (let pair = 0; pair < 10; pair++) {
      const { randoms } = drawPair(random);
      const inputs = { picked: (facts: PickFacts) => void repeated.push(facts.repeated) };
      const pick = (side: 0 | 1) =>
        JSON.stringify((side === 0 ? base! : other!).next({ user, random: randoms[side], inputs }).input);
      const first = pair % 2 as 0 | 1;
      const [one, two] = [pick(first), pick(1 - first as 0 | 1)];
      assert.equal(one, two);
      seen.push(one);
    }
    assert.equal(new Set(seen.slice(0, 5)).size, 5, "each entry once");
    assert.deepEqual(seen.slice(5), seen.slice(0, 5));
    assert.deepEqual(repeated, Array.from({ length: 20 }, (_, i) => i >= 10), "new to both, then known to both");
  }));

Deno.test("each side of a duet has its own conversation, with what its own side answered", () =>
  inFolder(async (dir) => {
    const chats = await chatsOf(dir, 3, { order: "sequential", history_turns: 5 });
    const lengths = [0, 1].map((): number[] => []);
    const last: string[] = ["", ""];
    for (let pair = 0; pair < 3; pair++) {
      const { randoms } = drawPair(random);
      for (const [side, source] of chats.entries()) {
        let facts: PickFacts | null = null;
        const inputs = { picked: (told: PickFacts) => void (facts = told) };
        const { input } = source.next({ user, random: randoms[side]!, inputs });
        lengths[side]!.push(input.length);
        last[side] = JSON.stringify(input);
        // B answers only the first question.
        if (side === 0 || pair === 0) (facts as PickFacts | null)?.answered?.(`answer of side ${side}`);
      }
    }
    assert.deepEqual(lengths, [[1, 3, 5], [1, 3, 3]]);
    assert.doesNotMatch(last[0]!, /side 1/);
    assert.doesNotMatch(last[1]!, /side 0/);
  }));
