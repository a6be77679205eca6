/** Messages and method paths of llm.proto. Field meanings are in the .proto file. */
import text from "./llm.proto" with { type: "text" };
import { type Codec, parseProto } from "./codec.ts";
import { type TextChunkReader, textChunkReader } from "./text_chunk.ts";

const schema = parseProto(text, "june.llm");

/** Full name of the service. */
export const SERVICE = "june.llm.LLMInference";

/** Method paths. */
export const PATHS = {
  generateStream: `/${SERVICE}/GenerateStream`,
  generate: `/${SERVICE}/Generate`,
  chatStream: `/${SERVICE}/ChatStream`,
  chat: `/${SERVICE}/Chat`,
  embed: `/${SERVICE}/Embed`,
  healthCheck: `/${SERVICE}/HealthCheck`,
} as const;

/** Why an answer ended. */
export const FinishReason = { STOP: 0, LENGTH: 1, TOOL_CALLS: 2, ERROR: 3 } as const;

/** One prompt to complete. */
export interface GenerationRequest {
  prompt: string;
  params: GenerationParameters | null;
  context: Context | null;
  stream: boolean;
}

/** A conversation to answer. */
export interface ChatRequest {
  messages: ChatMessage[];
  params: GenerationParameters | null;
  context: Context | null;
  stream: boolean;
}

/** One turn of a conversation. */
export interface ChatMessage {
  role: string;
  content: string;
  name: string;
  function_call: FunctionCall | null;
  tool_calls: ToolCall[];
}

/** A function the model wants called. */
export interface FunctionCall {
  name: string;
  arguments: string;
}

/** One tool call. */
export interface ToolCall {
  id: string;
  type: string;
  function: FunctionCall | null;
}

/** Parameters of an answer. */
export interface GenerationParameters {
  max_tokens: number;
  temperature: number;
  top_p: number;
  top_k: number;
  repetition_penalty: number;
  stop_sequences: string[];
  seed: number;
}

/** The user, session, documents and tools of a request. */
export interface Context {
  user_id: string;
  session_id: string;
  rag_document_ids: string[];
  enable_tools: boolean;
  available_tools: ToolDefinition[];
  max_context_tokens: number;
}

/** A tool the model may call. */
export interface ToolDefinition {
  name: string;
  description: string;
  parameters_schema: string;
}

/** A stretch of a completion. */
export interface GenerationChunk {
  token: string;
  is_final: boolean;
  index: number;
  logprob: number;
  tool_calls: ToolCall[];
  finish_reason: number;
}

/** A stretch of a chat answer. */
export interface ChatChunk {
  content_delta: string;
  role: string;
  is_final: boolean;
  tool_calls: ToolCall[];
  finish_reason: number;
}

/** A whole completion. */
export interface GenerationResponse {
  text: string;
  tokens_generated: number;
  tokens_per_second: number;
  tool_calls: ToolCall[];
  finish_reason: number;
  usage: UsageStats | null;
}

/** A whole chat answer. */
export interface ChatResponse {
  message: ChatMessage | null;
  tokens_generated: number;
  tokens_per_second: number;
  usage: UsageStats | null;
}

/** Tokens used. */
export interface UsageStats {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_cache_hits: number;
}

/** Texts to embed. */
export interface EmbeddingRequest {
  texts: string[];
  model: string;
}

/** Embeddings, row after row. */
export interface EmbeddingResponse {
  embeddings: number[];
  dimension: number;
}

/** Asks for health. */
export type HealthRequest = Record<never, never>;

/** The service's health. */
export interface HealthResponse {
  healthy: boolean;
  version: string;
  model_name: string;
  max_context_length: number;
  supports_streaming: boolean;
  available_tools: string[];
}

/** Codec of `GenerationRequest`. */
export const GenerationRequest: Codec<GenerationRequest> = schema.message("GenerationRequest");
/** Codec of `ChatRequest`. */
export const ChatRequest: Codec<ChatRequest> = schema.message("ChatRequest");
/** Codec of `GenerationChunk`. */
export const GenerationChunk: Codec<GenerationChunk> = schema.message("GenerationChunk");
/** Codec of `ChatChunk`. */
export const ChatChunk: Codec<ChatChunk> = schema.message("ChatChunk");
/** Codec of `GenerationResponse`. */
export const GenerationResponse: Codec<GenerationResponse> = schema.message("GenerationResponse");
/** Codec of `ChatResponse`. */
export const ChatResponse: Codec<ChatResponse> = schema.message("ChatResponse");
/** Codec of `EmbeddingRequest`. */
export const EmbeddingRequest: Codec<EmbeddingRequest> = schema.message("EmbeddingRequest");
/** Codec of `EmbeddingResponse`. */
export const EmbeddingResponse: Codec<EmbeddingResponse> = schema.message("EmbeddingResponse");
/** Codec of `HealthRequest`. */
export const HealthRequest: Codec<HealthRequest> = schema.message("HealthRequest");
/** Codec of `HealthResponse`. */
export const HealthResponse: Codec<HealthResponse> = schema.message("HealthResponse");

/** Reads `GenerationChunk` in place. */
export const generationChunks: TextChunkReader = textChunkReader(schema, "GenerationChunk", "token");
/** Reads `ChatChunk` in place. */
export const chatChunks: TextChunkReader = textChunkReader(schema, "ChatChunk", "content_delta");
