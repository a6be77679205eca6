/** Riva's tasks by name. */
import type { ServicePlan, TaskPlan } from "../../plan/plan.ts";
import type { Channel } from "../../transport/channel.ts";
import type { Operation } from "../driver.ts";
import { bindTask } from "../rpc/task.ts";
import type { Inputs } from "../inputs/inputs.ts";
import { healthOperation, STANDARD_QUESTION } from "../rpc/standard_health.ts";
import { rivaSettings } from "./settings.ts";
import { recognize, recognizeStream } from "./stt.ts";
import { synthesize, synthesizeOnline } from "./tts.ts";

/**
 * Makes one task of Riva's services ready to be started many times.
 * @throws {TypeError} for a task that Riva does not have, or a service or inputs of another kind; the plan's decoder
 * rules it out
 * @throws {UserError} kind `config` for metadata that cannot be sent.
 */
export function prepareRiva(plan: TaskPlan, service: ServicePlan, channel: Channel, inputs: Inputs): Operation {
  const settings = rivaSettings(service);
  const task = bindTask(plan, service, channel);
  const { options } = service;
  switch (plan.name) {
    case "stt.health":
    case "tts.health":
      return healthOperation(task, STANDARD_QUESTION);
    case "stt.recognize":
      if (options.kind !== "stt" || inputs.kind !== "stt") break;
      return recognize(task, settings, options, inputs.clips);
    case "stt.recognize_stream":
      if (options.kind !== "stt" || inputs.kind !== "stt") break;
      return recognizeStream(task, settings, options, inputs.clips);
    case "tts.synthesize":
      if (options.kind !== "tts" || inputs.kind !== "tts") break;
      return synthesize(task, settings, options, inputs.sentences);
    case "tts.synthesize_stream":
      if (options.kind !== "tts" || inputs.kind !== "tts") break;
      return synthesizeOnline(task, settings, options, inputs.sentences);
  }
  throw new TypeError(`Cannot prepare ${plan.name}: Riva has no such task, or ${service.name} is of another kind`);
}
