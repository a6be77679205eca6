/**
 * What a refused health check means, alike for all protocols. A server that does not know who asks refuses calls too, so
 * the check fails. One that knows, but does not let the key ask, may take its calls: the check is only doubtful.
 */
import type { Health } from "../driver.ts";

/** Why a server refused to answer: HTTP 401 or UNAUTHENTICATED, HTTP 403 or PERMISSION_DENIED. */
export type Refusal = "unknown_key" | "forbidden";

/**
 * State and remedy of a health check that was refused.
 * @param where the scenario's key for the fields of each call: `headers` or `metadata`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(refusedHealth("unknown_key", "headers").state, "failed");
 * assert.equal(refusedHealth("forbidden", "metadata").state, "doubtful");
 * ```
 */
export function refusedHealth(refusal: Refusal, where: "headers" | "metadata"): Pick<Health, "state" | "remedy"> {
  switch (refusal) {
    case "unknown_key":
      return {
        state: "failed",
        remedy: `Give the service its key or token: \`auth: { bearer: "\${NAME_OF_A_VARIABLE}" }\`, ` +
          `or \`authorization\` under \`${where}\``,
      };
    case "forbidden":
      return {
        state: "doubtful",
        remedy: "The key or token may not ask this; that says nothing of calls, so the run continues",
      };
  }
}
