/** June's language model tasks: complete a prompt, answer a chat, embed a text. */
import * as llm from "../../../proto/llm.ts";
import type { LlmOptions } from "../../plan/plan.ts";
import type { Marks, Operation } from "../driver.ts";
import type { ChatTurn, OutputLimit, Supply } from "../inputs/inputs.ts";
import type { Reply } from "../core/reply.ts";
import { ChatReply, EmbeddingReply, GenerationReply, TextStreamReply } from "./llm_replies.ts";
import { requestsFrom, type Task, unaryOperation, type UnaryRequest } from "../rpc/task.ts";

const params = ({ max_tokens, temperature }: LlmOptions, limit: OutputLimit | null) => ({
  max_tokens: limit?.max_tokens ?? max_tokens,
  temperature,
});

/** Completes a prompt, whole or as a stream. */
export function generate(task: Task, options: LlmOptions, prompts: Supply<string>, stream: boolean): Operation {
  const path = stream ? llm.PATHS.generateStream : llm.PATHS.generate;
  const reply = (marks: Marks): Reply =>
    stream ? new TextStreamReply(llm.generationChunks, marks) : new GenerationReply(marks);
  const ask = (prompt: string, limit: OutputLimit | null): UnaryRequest => ({
    request: llm.GenerationRequest.encode({ prompt, params: params(options, limit), stream }),
    reply,
  });
  return unaryOperation(task, path, requestsFrom(prompts, ask, (prompt) => prompt));
}

/** Answers a conversation, the system message first where there is one; whole or as a stream. */
export function chat(
  task: Task,
  options: LlmOptions,
  chats: Supply<readonly ChatTurn[]>,
  stream: boolean,
): Operation {
  const path = stream ? llm.PATHS.chatStream : llm.PATHS.chat;
  const reply = (marks: Marks): Reply => stream ? new TextStreamReply(llm.chatChunks, marks) : new ChatReply(marks);
  const system = options.system === "" ? [] : [{ role: "system", content: options.system }];
  const ask = (turns: readonly ChatTurn[], limit: OutputLimit | null): UnaryRequest => ({
    request: llm.ChatRequest.encode({
      messages: [...system, ...turns.map(message)],
      params: params(options, limit),
      stream,
    }),
    reply,
  });
  return unaryOperation(task, path, requestsFrom(chats, ask, (content): ChatTurn[] => [{ role: "user", content }]));
}

/** A turn in June's fields; they have no place for the id of the call that a tool answers. */
function message({ role, content, name, tool_calls }: ChatTurn) {
  return {
    role,
    content,
    ...(name !== undefined && { name }),
    ...(tool_calls !== undefined && { tool_calls: [...tool_calls] }),
  };
}

/** Embeds one text. */
export function embed(task: Task, prompts: Supply<string>): Operation {
  const ask = (text: string): UnaryRequest => ({
    request: llm.EmbeddingRequest.encode({ texts: [text] }),
    reply: () => new EmbeddingReply(),
  });
  return unaryOperation(task, llm.PATHS.embed, requestsFrom(prompts, ask, (text) => text));
}
