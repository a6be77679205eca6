import assert from "node:assert/strict";
import { join } from "node:path";
import {
  type ChatTurn,
  type Inputs,
  NO_CALL,
  type PickContext,
  type PickFacts,
  type Source,
} from "../../../../lib/driver/inputs/inputs.ts";
import { indexInputs, loadInputs } from "../../../../lib/driver/registry.ts";
import type { InputPlan } from "../../../../lib/plan/inputs.ts";
import { userRandom } from "../../../../lib/schedule/random.ts";
import { newUser, picking } from "../../call_start.ts";
import { inFolder, loaded, planned, sourceOf } from "../folder.ts";

const lines = (count: number): string => Array.from({ length: count }, (_, at) => `prompt ${at}\n`).join("");

/** Uses inputs of this plan and these lines. */
async function using(
  plan: Partial<InputPlan>,
  text: string,
  use: (inputs: Extract<Inputs, { kind: "llm" }>) => void,
  name = "a.txt",
): Promise<void> {
  await inFolder({ [name]: text }, async (folder) => use(await loaded("llm", planned(plan, join(folder, name)))));
}

const contents = (turns: readonly ChatTurn[]): string[] => turns.map(({ content }) => content);

/** Picks for a call that wants to know the facts of its input. */
function watched<Input>(
  call: PickContext,
  pick: (call: PickContext) => { input: Input },
): { input: Input; facts: PickFacts } {
  let facts: PickFacts | null = null;
  const { input } = pick({ ...call, inputs: { picked: (told) => facts = told } });
  assert.ok(facts);
  return { input, facts };
}

Deno.test("entries as they are come as the same object again, so that what is made of them is kept", async () => {
  await using({}, lines(3), ({ prompts, chats }) => {
    const [text, chat] = [sourceOf(prompts), sourceOf(chats)];
    const call = picking({ next: () => 0.5 });
    assert.equal(text.next(call), text.next(call));
    assert.equal(chat.next(call), chat.next(call));
    assert.deepEqual(text.next(call), { input: "prompt 1", limit: null, kept: true });
    assert.deepEqual(chat.next(call).input, [{ role: "user", content: "prompt 1" }]);
  });
});

Deno.test("what is drawn is told with its words, and whether any worker drew it before", async () => {
  await inFolder({ "a.txt": "one two\nthree\n" }, async (folder) => {
    const service = planned({ order: "sequential" }, join(folder, "a.txt"));
    const index = await indexInputs(service);
    const [first, second] = [await loadInputs(service, index), await loadInputs(service, index)];
    assert.ok(first.kind === "llm" && second.kind === "llm");
    const call = picking(userRandom(1, 0, 0));
    const draw = (inputs: Extract<Inputs, { kind: "llm" }>) =>
      watched(call, (observed) => sourceOf(inputs.prompts).next(observed));
    const told = [draw(first), draw(second), draw(second), draw(first)];
    assert.deepEqual(told.map(({ input }) => input), ["one two", "three", "one two", "three"]);
    assert.deepEqual(told.map(({ facts }) => facts.words), [2, 1, 2, 1]);
    assert.deepEqual(told.map(({ facts }) => facts.repeated), [false, false, true, true]);
  });
});

Deno.test("unique prompts are told apart at their beginning, in all workers, after what they share", async () => {
  await inFolder({ "a.txt": "same\n" }, async (folder) => {
    const service = planned({ unique: true, shared_prefix: { tokens: 40, groups: 2 } }, join(folder, "a.txt"));
    const index = await indexInputs(service);
    const seen = new Set<string>();
    const prefixes = new Set<string>();
    for (let worker = 0; worker < 4; worker++) {
      const inputs: Inputs = await loadInputs(service, index);
      assert.ok(inputs.kind === "llm");
      const call = picking(userRandom(1, 0, worker));
      for (let at = 0; at < 25; at++) {
        const source: Source<string> = sourceOf(inputs.prompts);
        const picked: { input: string; facts: PickFacts } = watched(call, (observed) => source.next(observed));
        const { input, facts } = picked;
        const [prefix, rest] = input.split("\n\n");
        assert.match(rest as string, /^\[[0-9a-f]{8}-\d+\] same$/);
        assert.equal(facts.repeated, false);
        seen.add((rest as string).split("-")[1] as string);
        prefixes.add(prefix as string);
        assert.match(contents(sourceOf(inputs.chats).next(call).input)[0] as string, /\n\n\[.*\] same$/);
      }
    }
    assert.equal(seen.size, 100);
    assert.equal(prefixes.size, 2, "each has one of the shared beginnings");
  });
});

Deno.test("prompts of a length are made where one is asked for, also without any file", async () => {
  const inputs = await loaded("llm", planned({ input_tokens: { kind: "uniform", min: 8, max: 40 } }));
  const sources: Source<string | readonly ChatTurn[]>[] = [sourceOf(inputs.prompts), sourceOf(inputs.chats)];
  for (const source of sources) {
    const call = picking(userRandom(3, 0, 0));
    const lengths = new Set<number>();
    for (let at = 0; at < 200; at++) {
      const { input, facts } = watched(call, (observed) => source.next(observed));
      const text = typeof input === "string" ? input : contents(input).join(" ");
      assert.equal(facts.words, text.split(" ").length);
      assert.equal(facts.repeated, null);
      lengths.add(facts.words as number);
    }
    assert.deepEqual([Math.min(...lengths), Math.max(...lengths)], [6, 30]);
  }
});

Deno.test("answers are limited by what the plan draws, else by the entry, else by the service", async () => {
  const text = '{"prompt": "a", "max_tokens": 7}\n{"prompt": "b"}\n';
  const first = NO_CALL;
  const last = picking({ next: () => 0.9 });
  const limits = (source: Source<unknown>) => [source.next(first).limit, source.next(last).limit];
  const cases: [Partial<InputPlan>, ReturnType<typeof limits>][] = [
    [{}, [{ max_tokens: 7, exact: false }, null]],
    [{ exact_output: true }, [{ max_tokens: 7, exact: true }, { max_tokens: 128, exact: true }]],
    [{ output_tokens: { kind: "constant", value: 50 } }, new Array(2).fill({ max_tokens: 50, exact: false })],
    [
      { output_tokens: { kind: "uniform", min: 1, max: 10 }, exact_output: true },
      [{ max_tokens: 1, exact: true }, { max_tokens: 10, exact: true }],
    ],
  ];
  for (const [plan, wanted] of cases) {
    await using(plan, text, ({ prompts, chats }) => {
      assert.deepEqual(limits(sourceOf(prompts)), wanted);
      assert.deepEqual(limits(sourceOf(chats)), wanted);
    }, "a.jsonl");
  }
});

/** Asks `calls` times as one user and answers each time; the contents of each chat. */
function talk(inputs: Extract<Inputs, { kind: "llm" }>, calls: number, answer = (call: number) => `answer ${call}`) {
  const call = { ...picking(userRandom(1, 0, 5)), user: newUser(5) };
  return Array.from({ length: calls }, (_, at) => {
    const { input, facts } = watched(call, (observed) => sourceOf(inputs.chats).next(observed));
    facts.answered?.(answer(at));
    return contents(input);
  });
}

Deno.test("a user's chat carries what was said before, up to so many exchanges, then begins anew", async () => {
  await using({ history_turns: 2, order: "sequential" }, lines(5), (inputs) => {
    assert.deepEqual(talk(inputs, 4), [
      ["prompt 0"],
      ["prompt 0", "answer 0", "prompt 1"],
      ["prompt 0", "answer 0", "prompt 1", "answer 1", "prompt 2"],
      ["prompt 3"],
    ]);
  });
});

Deno.test("each user has a history of its own, and an answer that never came leaves none", async () => {
  await using({ history_turns: 5, order: "sequential" }, lines(6), (inputs) => {
    const chats = sourceOf(inputs.chats);
    // They draw the same numbers: only who they are tells them apart.
    const [anna, ben] = [0, 1].map((number) => ({ ...picking(userRandom(1, 0, 0)), user: newUser(number) })) as [
      PickContext,
      PickContext,
    ];
    watched(anna, (observed) => chats.next(observed)).facts.answered?.("to anna");
    assert.deepEqual(contents(chats.next(ben).input), ["prompt 1"]);
    assert.deepEqual(contents(chats.next(anna).input), ["prompt 0", "to anna", "prompt 2"]);
    const { input, facts } = watched(anna, (observed) => chats.given("given", observed));
    assert.deepEqual(contents(input), ["prompt 0", "to anna", "given"], "what had no answer is not carried");
    facts.answered?.("again");
    assert.deepEqual(contents(chats.next(anna).input), ["prompt 0", "to anna", "given", "again", "prompt 3"]);
  });
});

Deno.test("a call without a user begins a conversation that no later call goes on with", async () => {
  await using({ history_turns: 5, order: "sequential" }, lines(3), (inputs) => {
    const arrival = picking(userRandom(1, 0, 0));
    const chats = sourceOf(inputs.chats);
    watched(arrival, (observed) => chats.next(observed)).facts.answered?.("to nobody");
    assert.deepEqual(contents(chats.next(arrival).input), ["prompt 1"]);
  });
});

Deno.test("the questions of a conversation of the file are asked one by one, with the server's own answers", async () => {
  const entry = (...questions: string[]) => ({
    messages: [
      { role: "system", content: "S" },
      ...questions.flatMap((content) => [{ role: "user", content }, { role: "assistant", content: "not this" }]),
    ],
  });
  const text = [entry("a1", "a2"), entry("b1", "b2", "b3")].map((one) => `${JSON.stringify(one)}\n`).join("");
  await using({ history_turns: 9, order: "sequential" }, text, (inputs) => {
    assert.deepEqual(talk(inputs, 6, (call) => `#${call}`), [
      ["S", "a1"],
      ["S", "a1", "#0", "a2"],
      ["S", "b1"],
      ["S", "b1", "#2", "b2"],
      ["S", "b1", "#2", "b2", "#3", "b3"],
      ["S", "a1"],
    ]);
  }, "a.jsonl");
});

Deno.test("a conversation keeps its beginning while it grows, and the next one has another", async () => {
  const plan: Partial<InputPlan> = { history_turns: 1, unique: true, shared_prefix: { tokens: 8, groups: 1 } };
  await using(plan, lines(1), (inputs) => {
    const [one, two, three] = talk(inputs, 3);
    const [first] = one as [string];
    assert.match(first, /\n\n\[.*\] prompt 0$/);
    assert.deepEqual(two, [first, "answer 0", "prompt 0"]);
    assert.notEqual((three as string[])[0], first);
    assert.equal((three as string[])[0]?.split("[")[0], first.split("[")[0]);
  });
});

Deno.test("a given text without a history is one chat, told apart where that is asked for", async () => {
  await using({ unique: true }, lines(1), ({ chats, prompts }) => {
    const call = picking(userRandom(1, 0, 0));
    assert.match(contents(sourceOf(chats).given("Hello", call).input).join(), /^\[[0-9a-f]{8}-1\] Hello$/);
    assert.equal(sourceOf(prompts).given("Hello", call).input, "Hello", "spoken sentences stay as they are");
  });
});
