/** Prepares a voice turn over three services of any protocol. */
import type { ServicePlan, TaskPlan } from "../../plan/plan.ts";
import type { TaskName } from "../../plan/tasks.ts";
import type { OpenService, Operation } from "../driver.ts";
import type { Inputs } from "../inputs/inputs.ts";
import { observeInputs } from "../inputs/observed.ts";
import { withFallback } from "./fallback.ts";
import { turnOperation } from "./turn.ts";

/** A connected service with its inputs. */
export interface ReadyService {
  plan: ServicePlan;
  service: OpenService;
  inputs: Inputs;
}

/**
 * Makes a voice turn ready to be started many times. A service that does not stream speech gets requests for whole
 * sentences.
 * @throws {UserError} kind `config` for metadata that cannot be sent
 */
export function prepareTurn(
  task: TaskPlan,
  { stt, llm, tts }: { stt: ReadyService; llm: ReadyService; tts: ReadyService },
): Operation {
  const part = (name: TaskName, { service, inputs }: ReadyService): Operation =>
    observeInputs(service.operation({ ...task, name, operation: name }, inputs), inputs);
  const { options } = tts.plan;
  if (options.kind !== "tts") {
    throw new TypeError(`${task.operation}: ${tts.plan.name} is not a text-to-speech service`);
  }
  return turnOperation(task.operation, {
    stt: part("stt.recognize_stream", stt),
    llm: part("llm.chat_stream", llm),
    tts: withFallback(part("tts.synthesize_stream", tts), part("tts.synthesize", tts)),
    maxParallelSentences: options.max_parallel_sentences,
  });
}
