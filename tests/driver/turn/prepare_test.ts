import assert from "node:assert/strict";
import type { OpenService } from "../../../lib/driver/driver.ts";
import { prepareTask, type ReadyService } from "../../../lib/driver/registry.ts";
import type { TaskPlan, TtsOptions } from "../../../lib/plan/plan.ts";
import { FakeClock } from "../fake_clock.ts";
import { clip, SERVICES } from "../workbench.ts";
import { task } from "../../plans.ts";
import { FakeOperation, MarkLog } from "./fake_operation.ts";
import { callStart } from "../call_start.ts";

const INPUTS = {
  stt: { kind: "stt", clips: [clip(100, 100)] },
  llm: { kind: "llm", prompts: ["Hi?"], chats: [[{ role: "user", content: "Hello" }]] },
  tts: { kind: "tts", sentences: ["Good day."] },
} as const;

/** A service of some protocol; it remembers the tasks it was asked to prepare and the operations it made of them. */
class FakeService implements OpenService {
  readonly tasks: TaskPlan[] = [];
  readonly operations = new Map<string, FakeOperation>();

  connect(): Promise<void> {
    return Promise.resolve();
  }

  operation(one: TaskPlan): FakeOperation {
    const made = new FakeOperation(one.operation);
    this.tasks.push(one);
    this.operations.set(one.name, made);
    return made;
  }

  health(): Promise<never> {
    return Promise.reject(new Error("nobody asks"));
  }

  stats(): ReturnType<OpenService["stats"]> {
    return { connections: 1, streams_in_flight: 0, waiting: 0, reconnects_total: 0, moves_total: 0 };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function services(): { [kind in "stt" | "llm" | "tts"]: ReadyService & { service: FakeService } } {
  return {
    stt: { plan: SERVICES.stt, service: new FakeService(), inputs: INPUTS.stt },
    llm: { plan: SERVICES.llm, service: new FakeService(), inputs: INPUTS.llm },
    tts: { plan: SERVICES.tts, service: new FakeService(), inputs: INPUTS.tts },
  };
}

Deno.test("a task of one service is that service's own operation", () => {
  const { llm } = services();
  const operation = prepareTask(task("llm.chat"), [llm]);
  assert.equal(operation, llm.service.operations.get("llm.chat"));
  assert.throws(() => prepareTask(task("llm.chat"), []), /Task llm\.chat has no service/);
});

Deno.test("a voice turn asks each service for the part it knows", () => {
  const { stt, llm, tts } = services();
  const turn = { ...task("voice_turn"), operation: "voice_turn@llm", weight: 7 };
  const operation = prepareTask(turn, [stt, llm, tts]);
  assert.deepEqual([operation.name, operation.reply_stream], ["voice_turn@llm", true]);
  const asked = [stt, llm, tts].flatMap(({ service }) => service.tasks.map(({ name }) => name));
  assert.deepEqual(asked, ["stt.recognize_stream", "llm.chat_stream", "tts.synthesize_stream", "tts.synthesize"]);
});

Deno.test("a voice turn asks for as many sentences at once as the service's plan says", () => {
  const { stt, llm, tts } = services();
  const options: TtsOptions = {
    kind: "tts",
    voice: "default",
    language: "en",
    prebuffer_ms: 0,
    max_parallel_sentences: 2,
  };
  const operation = prepareTask(task("voice_turn"), [stt, llm, { ...tts, plan: { ...tts.plan, options } }]);
  const marks = new MarkLog(new FakeClock());
  operation.start(callStart(marks.clock, marks));
  for (const [name, { service }] of [["stt.recognize_stream", stt], ["llm.chat_stream", llm]] as const) {
    const { call } = service.operations.get(name) as FakeOperation;
    call.says("The first sentence. The second sentence. The third sentence.");
    call.ok();
  }
  assert.equal(tts.service.operations.get("tts.synthesize_stream")?.calls.length, 2);
  assert.throws(() => prepareTask(task("voice_turn"), [stt, llm, llm]), /llm is not a text-to-speech service/);
});

Deno.test("a voice turn runs over services of any protocol, with or without streams of speech", () => {
  const { stt, llm, tts } = services();
  const operation = prepareTask(task("voice_turn"), [stt, llm, tts]);
  const marks = new MarkLog(new FakeClock());
  operation.start(callStart(marks.clock, marks));
  const made = (service: FakeService, name: string) => {
    const found = service.operations.get(name);
    assert.ok(found, name);
    return found;
  };
  const heard = made(stt.service, "stt.recognize_stream").call;
  heard.marks.speechEnd();
  heard.says("Good morning");
  heard.ok();
  const answer = made(llm.service, "llm.chat_stream").call;
  assert.equal(answer.given, "Good morning");
  answer.says("Good morning to you.");
  answer.ok();
  made(tts.service, "tts.synthesize_stream").call.fail("UNIMPLEMENTED", "no streams", 12);
  const spoken = made(tts.service, "tts.synthesize").call;
  assert.equal(spoken.given, "Good morning to you.");
  spoken.marks.content(500_000);
  spoken.ok();
  assert.deepEqual(marks.lines.slice(-2), ["0 audio 500", "0 ok"]);
});
