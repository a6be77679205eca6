/** What every client is asked to do, and what it tells afterwards. */
import { GenerationRequest } from "../../proto/llm.ts";

/** Chunks of each stream. */
export const STREAM_MESSAGES = 200;
/** Makes the request 64 bytes long, as the replies are. */
export const PROMPT = "x".repeat(52);
/** Sent with every request; `max_tokens` is the number of chunks a stream has. */
export const PARAMS = { max_tokens: STREAM_MESSAGES, temperature: 0.7 };

/** A closed loop on one connection. */
export interface Load {
  address: string;
  stream: boolean;
  in_flight: number;
}

/** The request all clients send. */
export function requestBytes(stream: boolean): Uint8Array {
  return GenerationRequest.encode({ prompt: PROMPT, params: PARAMS, stream });
}

/** What one run of one client came to. A unit is a message of a stream, or a unary call. */
export interface Figures {
  units: number;
  per_s: number;
  cpu_s: number;
  rss_bytes: number;
  /** Median time of a call as the client itself tells it; null where it tells none. */
  p50_us: number | null;
}

/** A load generator. */
export interface Client {
  name: string;
  /** One run. `base`: one call per slot, to learn what starting and stopping cost. */
  run(load: Load, base: boolean): Promise<Figures>;
}
