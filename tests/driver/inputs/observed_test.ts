import assert from "node:assert/strict";
import type { Marks, Operation, OperationEnd } from "../../../lib/driver/driver.ts";
import type { InputPick, Inputs, PickFacts } from "../../../lib/driver/inputs/inputs.ts";
import { observeInputs } from "../../../lib/driver/inputs/observed.ts";
import { callStart } from "../call_start.ts";
import { FakeClock } from "../fake_clock.ts";
import { MarkList } from "../workbench.ts";

const END: OperationEnd = {
  outcome: "ok",
  code: 0,
  type: "",
  details: "",
  sent_bytes: 1,
  received_bytes: 2,
  content: { prompt_tokens: 9 },
};

/** Inputs from a source, and an operation that picks one with these facts and hands over its marks. */
function bench(facts: PickFacts | null) {
  const nothing = (): InputPick<string> => ({ input: "", limit: null, kept: false });
  const prompts = { next: nothing, given: nothing, all: () => [] };
  const inputs: Inputs = { kind: "llm", prompts, chats: [[]] };
  const begun: Marks[] = [];
  const operation: Operation = {
    name: "llm.chat",
    reply_stream: true,
    prebuffer_us: 7,
    start({ marks, inputs: call }) {
      if (facts !== null) call?.picked(facts);
      begun.push(marks);
      return { cancel() {} };
    },
  };
  return { inputs, operation, begun };
}

function started({ inputs, operation, begun }: ReturnType<typeof bench>, listen = false) {
  const clock = new FakeClock();
  const list = new MarkList(clock, listen);
  const observed = observeInputs(operation, inputs);
  const outer: PickFacts[] = [];
  observed.start(callStart(clock, list, { inputs: { picked: (told) => void outer.push(told) } }));
  return { marks: begun[0] as Marks, list, observed, outer };
}

Deno.test("operations over built-in inputs are left as they are", () => {
  const { operation } = bench(null);
  assert.equal(observeInputs(operation, { kind: "llm", prompts: [""], chats: [[]] }), operation);
});

Deno.test("all marks are passed on, and what was drawn is told at the end", () => {
  const { marks, list, observed, outer } = started(bench({ words: 4, repeated: true }));
  assert.deepEqual([observed.name, observed.reply_stream, observed.prebuffer_us], ["llm.chat", true, 7]);
  marks.sent();
  marks.speechEnd();
  marks.content(5);
  marks.paced(6, 4);
  marks.responded?.(8);
  marks.end(END);
  assert.deepEqual(list.names, ["sent", "speech_end@0", "content", "end"]);
  assert.deepEqual([list.audio_us, list.late_us, list.responses_us], [[5], [6], [8]]);
  assert.deepEqual(list.result?.content, { prompt_tokens: 9, prompt_words: 4, repeated_input: true });
  assert.equal(list.result?.received_bytes, 2);
  assert.deepEqual(outer, [{ words: 4, repeated: true }], "who asked for the facts has them too");
});

Deno.test("what is not known of an input is not told, nor anything of a call without content", () => {
  const unknown = started(bench({ words: null, repeated: null }));
  unknown.marks.end(END);
  assert.deepEqual(unknown.list.result?.content, { prompt_tokens: 9 });
  const failed = started(bench({ words: 4, repeated: true }));
  failed.marks.end({ ...END, outcome: "failed", content: undefined });
  assert.equal(failed.list.result?.content, undefined);
  const nothing = started(bench(null));
  nothing.marks.end(END);
  assert.equal(nothing.list.result, END);
});

Deno.test("the answer of an ok call goes into the history, and to whom listens besides", () => {
  const answers: string[] = [];
  const facts: PickFacts = { words: 1, repeated: null, answered: (text) => void answers.push(text) };
  for (const listen of [true, false]) {
    const { marks, list } = started(bench(facts), listen);
    for (const piece of ["Good ", "day."]) marks.text?.(piece);
    marks.end(END);
    assert.deepEqual(list.pieces, listen ? ["Good ", "day."] : []);
  }
  assert.deepEqual(answers, ["Good day.", "Good day."]);
  const { marks } = started(bench(facts));
  marks.text?.("half");
  marks.end({ ...END, outcome: "timed_out" });
  assert.equal(answers.length, 2, "a call that failed answers nothing");
});

Deno.test("text is asked for only where somebody listens", () => {
  const { marks } = started(bench({ words: 1, repeated: null }));
  assert.equal(marks.text, undefined);
});
