/** Replies of OpenAI's interface, with vLLM's fields. */
import type { BackendError } from "./backend.ts";
import type { SimClock } from "../model/clock.ts";
import { refusalOf } from "./status.ts";
import type { OpenAiBehaviour } from "./openai_behaviour.ts";
import { jsonReply } from "./server.ts";

/** Name of the only model. */
export const MODEL = "june-sim-llm";

/** A request that the server refuses. */
export class OpenAiRefusal extends Error {
  override readonly name = "OpenAiRefusal";
  /** @param status of HTTP */
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/** vLLM's names of errors by status. */
const TYPES: Record<number, string> = {
  400: "BadRequestError",
  401: "AuthenticationError",
  404: "NotFoundError",
  429: "RateLimitError",
  500: "InternalServerError",
  503: "ServiceUnavailableError",
};

/** The body of an error. */
export function errorBody(status: number, message: string, form: OpenAiBehaviour["form"]): Record<string, unknown> {
  const error = { message, type: TYPES[status] ?? "BadRequestError", param: null, code: status };
  return form === "new" ? { error } : { object: "error", ...error };
}

/** The reply for an error before any content was sent. */
export function errorReply(status: number, message: string, form: OpenAiBehaviour["form"], headers = {}): Response {
  return jsonReply(errorBody(status, message, form), status, headers);
}

/** The reply for a call that a service ended with an error. */
export function backendReply(error: BackendError, clock: SimClock, form: OpenAiBehaviour["form"]): Response {
  const { status, headers, message } = refusalOf(error, clock);
  return errorReply(status, message, form, headers);
}

/** Fields that are the same in all chunks of one answer. */
export interface Frame {
  id: string;
  object: string;
  created: number;
  model: string;
}

/** Makes the frame of a new answer. */
export function frameOf(kind: "chat" | "completion" | "transcription", stream: boolean, model: string): Frame {
  const prefix = { chat: "chatcmpl", completion: "cmpl", transcription: "trsc" }[kind];
  const objects = {
    chat: stream ? "chat.completion.chunk" : "chat.completion",
    completion: "text_completion",
    transcription: "transcription.chunk",
  };
  const id = `${prefix}-${crypto.randomUUID().replaceAll("-", "")}`;
  return { id, object: objects[kind], created: Math.floor(Date.now() / 1000), model };
}

/** The `usage` object for token counts. */
export function usageOf(prompt_tokens: number, completion_tokens: number): Record<string, number> {
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}

/** A JSON object's fields. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads the body of a request.
 * @throws {OpenAiRefusal} 400 when it is not a JSON object
 */
export async function readFields(request: Request): Promise<Fields> {
  try {
    const value: unknown = JSON.parse(await request.text());
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  } catch {
    // Reported below.
  }
  throw new OpenAiRefusal(400, "The body is not a JSON object");
}

/**
 * Checks the requested model.
 * @throws {OpenAiRefusal} 404 when it is not the only model
 */
export function checkModel(model: unknown): void {
  if (model === MODEL || model === "" || model === undefined) return;
  throw new OpenAiRefusal(404, `The model \`${String(model).slice(0, 100)}\` does not exist.`);
}
