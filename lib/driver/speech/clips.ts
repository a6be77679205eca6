/** Speech in calls that the scenario defines itself: the service's own recordings, or the built-in clips. */
import type { ServicePlan } from "../../plan/plan.ts";
import type { ProtocolSettings, RestExchange } from "../../plan/protocols.ts";
import type { Clip, Supply } from "../inputs/inputs.ts";
import { loadInputs } from "../inputs/load.ts";

/**
 * Loads the clips that a service of kind `call` sends; empty where it sends none.
 * @throws {UserError} kind `input` for recordings that cannot be used
 */
export async function loadClips(service: ServicePlan): Promise<Supply<Clip>> {
  if (!speaks(service.settings)) return [];
  const options = { kind: "stt", pacing: "fast", chunk_ms: 100, language: "en" } as const;
  const inputs = await loadInputs({ ...service, kind: "stt", options });
  if (inputs.kind !== "stt") throw new TypeError("Speech was asked for, and something else was read");
  return inputs.clips;
}

function speaks(settings: ProtocolSettings | null): boolean {
  switch (settings?.protocol) {
    case "rest":
      return settings.exchanges.some(speaksIn);
    case "websocket":
      return settings.exchanges.some(({ send }) => send.kind === "clip");
    case "triton":
    case "riva":
    case "openai":
    case "grpc":
    case undefined:
      return false;
  }
}

/** Whether an exchange uploads a clip. */
export function speaksIn({ body }: RestExchange): boolean {
  return body?.kind === "multipart" && body.parts.some(({ kind }) => kind === "clip");
}
