/** Speech for calls of any protocol: the service's own recordings, or the built-in clips. */
import type { ServicePlan } from "../plan/plan.ts";
import type { Clip, Supply } from "./inputs/inputs.ts";
import { loadInputs } from "./inputs/load.ts";

/**
 * The clips that a service of kind `call` sends.
 * @throws {UserError} kind `input` for recordings that cannot be used
 */
export async function loadClips(service: ServicePlan): Promise<Supply<Clip>> {
  const options = { kind: "stt", pacing: "fast", chunk_ms: 100, language: "en" } as const;
  const inputs = await loadInputs({ ...service, kind: "stt", options });
  if (inputs.kind !== "stt") throw new TypeError("Speech was asked for, and something else was read");
  return inputs.clips;
}
