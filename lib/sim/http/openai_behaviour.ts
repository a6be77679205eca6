/** What the OpenAI server of the simulator can be asked to be. */

/** How the server behaves. Plain data, so that it travels to a worker. */
export interface OpenAiBehaviour {
  /** Key that paths under /v1 want; null: none. Default null. */
  key: string | null;
  /** `old`: as vLLM was before its errors were nested and usage had to be asked for. Default `new`. */
  form: "new" | "old";
  /** Streams end after their first content, without `[DONE]`. Default false. */
  truncates: boolean;
}

/** A server without faults, as of today. */
export const OPENAI_DEFAULTS: OpenAiBehaviour = { key: null, form: "new", truncates: false };
