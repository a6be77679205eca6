/** June's tasks by name. */
import type { ServicePlan, TaskPlan } from "../../plan/plan.ts";
import { TASKS } from "../../plan/tasks.ts";
import type { Channel } from "../../transport/channel.ts";
import type { Operation } from "../driver.ts";
import type { Inputs } from "../inputs/inputs.ts";
import { health } from "./health.ts";
import { chat, embed, generate } from "./llm.ts";
import { recognize, recognizeStream } from "./stt.ts";
import { bindTask } from "../rpc/task.ts";
import { synthesize, synthesizeStream } from "./tts.ts";

/**
 * Makes one task of June's services ready to be started many times.
 * @throws {TypeError} when task, service and inputs are not of one kind, which the plan's decoder rules out.
 * @throws {UserError} kind `config` for metadata that cannot be sent.
 */
export function prepareJune(plan: TaskPlan, service: ServicePlan, channel: Channel, inputs: Inputs): Operation {
  const { name } = plan;
  const task = bindTask(plan, service, channel);
  const { options } = service;
  switch (name) {
    case "stt.health":
    case "llm.health":
    case "tts.health":
      if (options.kind === "call") break;
      return health(task, options.kind);
    case "stt.recognize":
      if (options.kind !== "stt" || inputs.kind !== "stt") break;
      return recognize(task, options, inputs.clips);
    case "stt.recognize_stream":
      if (options.kind !== "stt" || inputs.kind !== "stt") break;
      return recognizeStream(task, options, inputs.clips);
    case "llm.generate":
    case "llm.generate_stream":
      if (options.kind !== "llm" || inputs.kind !== "llm") break;
      return generate(task, options, inputs.prompts, TASKS[name].reply_stream);
    case "llm.chat":
    case "llm.chat_stream":
      if (options.kind !== "llm" || inputs.kind !== "llm") break;
      return chat(task, options, inputs.chats, TASKS[name].reply_stream);
    case "llm.embed":
      if (options.kind !== "llm" || inputs.kind !== "llm") break;
      return embed(task, inputs.prompts);
    case "tts.synthesize":
      if (options.kind !== "tts" || inputs.kind !== "tts") break;
      return synthesize(task, options, inputs.sentences);
    case "tts.synthesize_stream":
      if (options.kind !== "tts" || inputs.kind !== "tts") break;
      return synthesizeStream(task, options, inputs.sentences);
    case "call":
    case "voice_turn":
      break;
  }
  throw new TypeError(`Cannot prepare ${name}: service ${service.name} is of kind ${options.kind}`);
}
