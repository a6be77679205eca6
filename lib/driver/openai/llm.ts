/** OpenAI's language model tasks: answer a chat, complete a prompt, embed a text. */
import type { LlmOptions, TaskPlan } from "../../plan/plan.ts";
import type { Marks, Operation } from "../driver.ts";
import type { ChatTurn, OutputLimit, Supply } from "../inputs/inputs.ts";
import type { BodyReply } from "./call.ts";
import { httpOperation, jsonBody, type OpenAi } from "./task.ts";
import { Embedding, TextStream, WholeText } from "./text_replies.ts";

/**
 * Parameters of a text request. They always say whether usage comes in the stream, because the servers' defaults
 * differ. An exact length has the form of vLLM and NIM.
 */
function options(
  { settings }: OpenAi,
  { max_tokens, temperature }: LlmOptions,
  limit: OutputLimit | null,
  stream: boolean,
) {
  const most = limit?.max_tokens ?? max_tokens;
  const exact = limit?.exact === true ? { min_tokens: most, ignore_eos: true } : {};
  const limits = { [settings.limit_field]: most, ...exact, temperature };
  return stream ? { ...limits, stream, stream_options: { include_usage: true } } : { ...limits, stream };
}

const replyOf = (stream: boolean) => (marks: Marks): BodyReply => stream ? new TextStream(marks) : new WholeText(marks);

/** Answers a conversation, the system message first where there is one; whole or as a stream. */
export function chat(
  shared: OpenAi,
  task: TaskPlan,
  llm: LlmOptions,
  chats: Supply<readonly ChatTurn[]>,
  stream: boolean,
): Operation {
  const system = llm.system === "" ? [] : [{ role: "system", content: llm.system }];
  return httpOperation<readonly ChatTurn[]>(shared, task, {
    method: "POST",
    path: "/chat/completions",
    inputs: chats,
    given: (content) => [{ role: "user", content }],
    ask: (turns, limit, fields) => ({
      ...jsonBody(shared, {
        messages: [...system, ...turns.map(message)],
        ...fields,
        ...options(shared, llm, limit, stream),
      }),
      reply: replyOf(stream),
    }),
  });
}

/** A turn as the interface has it: a turn that only calls tools has no content. */
function message({ role, content, ...more }: ChatTurn) {
  return { role, content: content === "" && more.tool_calls !== undefined ? null : content, ...more };
}

/** Completes a prompt, whole or as a stream. */
export function generate(
  shared: OpenAi,
  task: TaskPlan,
  llm: LlmOptions,
  prompts: Supply<string>,
  stream: boolean,
): Operation {
  return httpOperation<string>(shared, task, {
    method: "POST",
    path: "/completions",
    inputs: prompts,
    given: (text) => text,
    ask: (prompt, limit) => ({
      ...jsonBody(shared, { prompt, ...options(shared, llm, limit, stream) }),
      reply: replyOf(stream),
    }),
  });
}

/** Embeds one text. */
export function embed(shared: OpenAi, task: TaskPlan, prompts: Supply<string>): Operation {
  return httpOperation<string>(shared, task, {
    method: "POST",
    path: "/embeddings",
    inputs: prompts,
    given: (text) => text,
    ask: (input) => ({
      ...jsonBody(shared, { input, encoding_format: "float" }),
      reply: () => new Embedding(),
    }),
  });
}
