/** Opens services that speak OpenAI's HTTP interface: vLLM, NIM, llama.cpp, OpenAI itself. */
import type { ServicePlan, TaskPlan } from "../../plan/plan.ts";
import { TASKS } from "../../plan/tasks.ts";
import type { OpenService, Operation } from "../driver.ts";
import type { Inputs } from "../inputs/inputs.ts";
import { openHttpService } from "../http/service.ts";
import { checkHealth, healthOperation, tryHealth } from "./health.ts";
import type { TokenSource } from "../core/tokens.ts";
import { chat, embed, generate } from "./llm.ts";
import { speak, transcribe } from "./speech.ts";
import { type OpenAi, shareOpenAi } from "./task.ts";

/**
 * Opens a service.
 * @param source of the tokens that requests carry; null: none
 * @throws {UserError} kind `input` for a TLS file that cannot be read, `config` for headers or a path that HTTP cannot
 * send
 * @throws {TypeError} when its settings are not OpenAI's, which the plan's decoder rules out
 */
export async function openOpenAi(service: ServicePlan, source: TokenSource | null = null): Promise<OpenService> {
  const { settings } = service;
  if (settings?.protocol !== "openai") throw new TypeError(`Service ${service.name} has no settings of openai`);
  const channel = await openHttpService(service, settings.http_version, source);
  const shared = shareOpenAi(service, settings, channel);
  return {
    connect: () => channel.connect(),
    operation: (task, inputs) => prepareOpenAi(shared, task, inputs),
    health: (timeout_ms) => checkHealth(shared, timeout_ms),
    trial: (well, timeout_ms) => tryHealth(shared, well, timeout_ms),
    stats: () => channel.stats(),
    close: () => channel.close(),
  };
}

/**
 * Makes one task ready to be started many times.
 * @throws {TypeError} when task, service and inputs are not of one kind, which the plan's decoder rules out
 */
function prepareOpenAi(shared: OpenAi, task: TaskPlan, inputs: Inputs): Operation {
  const { name } = task;
  const { options } = shared.service;
  const stream = TASKS[name].reply_stream;
  switch (name) {
    case "stt.health":
    case "llm.health":
    case "tts.health":
      return healthOperation(shared, task);
    case "stt.recognize":
    case "stt.recognize_stream":
      if (options.kind !== "stt" || inputs.kind !== "stt") break;
      return transcribe(shared, task, options, inputs.clips, stream);
    case "llm.generate":
    case "llm.generate_stream":
      if (options.kind !== "llm" || inputs.kind !== "llm") break;
      return generate(shared, task, options, inputs.prompts, stream);
    case "llm.chat":
    case "llm.chat_stream":
      if (options.kind !== "llm" || inputs.kind !== "llm") break;
      return chat(shared, task, options, inputs.chats, stream);
    case "llm.embed":
      if (options.kind !== "llm" || inputs.kind !== "llm") break;
      return embed(shared, task, inputs.prompts);
    case "tts.synthesize":
    case "tts.synthesize_stream":
      if (options.kind !== "tts" || inputs.kind !== "tts") break;
      return speak(shared, task, options, inputs.sentences, stream);
    case "call":
    case "voice_turn":
      break;
  }
  throw new TypeError(`Cannot prepare ${name}: service ${shared.service.name} is of kind ${options.kind}`);
}
