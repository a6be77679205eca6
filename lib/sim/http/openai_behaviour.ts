/** Options of the simulator's OpenAI server. */

/** How the server behaves. Plain data, which can be sent to a worker. */
export interface OpenAiBehaviour {
  /** Key that paths under /v1 require; null: none. Default null. */
  key: string | null;
  /** `old`: as vLLM before it nested errors and sent usage only on request. Default `new`. */
  form: "new" | "old";
  /** Streams end after their first content, without `[DONE]`. Default false. */
  truncates: boolean;
}

/** Today's behaviour, without faults. */
export const OPENAI_DEFAULTS: OpenAiBehaviour = { key: null, form: "new", truncates: false };
