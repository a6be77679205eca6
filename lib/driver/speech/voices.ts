/** Whether a server has the voice that the scenario names. */
import type { Health } from "../driver.ts";
import { oneLine } from "../core/text.ts";

/** Most voices named in a message; more are only counted. */
const MAX_NAMED = 12;

/**
 * What is wrong with a voice, in words for a health check; null: nothing, or the server lists no voices. A server may take
 * voices that it does not list, such as other names of the same, so this is only a warning.
 * @param voice null: the server's own choice
 * @param has whether a list has a voice; by default by its name alone
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(missingVoice("alloy", ["af_bella", "af_sky"])?.details, 'it has no voice "alloy"; it has af_bella, af_sky');
 * assert.equal(missingVoice("alloy", []), null);
 * ```
 */
export function missingVoice(
  voice: string | null,
  voices: readonly string[],
  has: (voices: readonly string[], voice: string) => boolean = (all, one) => all.includes(one),
): Pick<Health, "state" | "details" | "remedy"> | null {
  if (voice === null || voices.length === 0 || has(voices, voice)) return null;
  const more = voices.length > MAX_NAMED ? ` and ${voices.length - MAX_NAMED} more` : "";
  return {
    state: "doubtful",
    details: oneLine(`it has no voice "${voice}"; it has ${voices.slice(0, MAX_NAMED).join(", ")}${more}`),
    remedy: "Set `voice` to one of those; calls with another voice may fail, or speak with one of the server's choice",
  };
}
