import assert from "node:assert/strict";
import type { OpenService, Operation } from "../../../lib/driver/driver.ts";
import { type ChatTurn, type Inputs, Prepared } from "../../../lib/driver/inputs/inputs.ts";
import { prepareTask } from "../../../lib/driver/registry.ts";
import type { TaskPlan } from "../../../lib/plan/plan.ts";
import { FakeClock } from "../fake_clock.ts";
import { loaded, planned } from "../inputs/folder.ts";
import { clip, SERVICES } from "../workbench.ts";
import { task } from "../../plans.ts";
import { FakeOperation, MarkLog } from "./fake_operation.ts";
import { callStart, newUser } from "../call_start.ts";

/** A service that makes its operations in a way of the test's. */
const serviceOf = (operation: (task: TaskPlan, inputs: Inputs) => Operation): OpenService => ({
  connect: () => Promise.resolve(),
  operation,
  health: () => Promise.reject(new Error("nobody asks")),
  stats: () => ({ connections: 1, streams_in_flight: 0, waiting: 0, reconnects_total: 0, moves_total: 0 }),
  close: () => Promise.resolve(),
});

/** Says the same in each call: a transcript. */
function speaking(name: string, text: string): FakeOperation {
  const operation = new FakeOperation(name);
  operation.answer = (leg) => {
    leg.marks.speechEnd();
    leg.says(text);
    leg.ok();
  };
  return operation;
}

Deno.test("a user's voice turns are one conversation where the model's inputs carry a history", async () => {
  const sent: (readonly ChatTurn[])[] = [];
  const llm = serviceOf(({ operation: name }, inputs) => {
    assert.ok(inputs.kind === "llm");
    const chats = new Prepared(inputs.chats, (turns) => turns);
    const made = new FakeOperation(name);
    return {
      name,
      reply_stream: true,
      start(start) {
        sent.push(chats.forText(start.givenText ?? "", start, (content) => [{ role: "user", content }]));
        const leg = made.start(start);
        leg.says("It is ", "cold today.");
        leg.ok();
        return leg;
      },
    };
  });
  const inputs = await loaded("llm", planned({ history_turns: 4 }));
  const operation = prepareTask(task("voice_turn"), [
    {
      plan: SERVICES.stt,
      service: serviceOf(() => speaking("stt", "How is it?")),
      inputs: { kind: "stt", clips: [clip(9, 9)] },
    },
    { plan: SERVICES.llm, service: llm, inputs },
    {
      plan: SERVICES.tts,
      service: serviceOf(() => speaking("tts", "")),
      inputs: { kind: "tts", sentences: ["unused"] },
    },
  ]);
  const clock = new FakeClock();
  const [anna, ben] = [newUser(0), newUser(1)];
  // All draw the same numbers: only who they are tells them apart. The last two calls are arrivals, nobody's.
  for (const user of [anna, anna, ben, null, null]) operation.start(callStart(clock, new MarkLog(clock), { user }));
  const question = { role: "user", content: "How is it?" };
  const answer = { role: "assistant", content: "It is cold today." };
  assert.deepEqual(sent, [[question], [question, answer, question], [question], [question], [question]]);
});
