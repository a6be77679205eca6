/** What `init` reads from June's services. */
import * as tts from "../../../proto/tts.ts";
import type { ServicePlan } from "../../plan/plan.ts";
import { namesComment, type ProbeLines, quoted } from "../core/probe.ts";
import { askOnce, probeOverGrpc } from "../rpc/probe.ts";
import { DEFAULT_VOICE } from "./health.ts";

/**
 * A voice that June's speech synthesis has; nothing for the other services, which work without more keys.
 * @throws {ConnectError} for a server that cannot be reached
 */
export async function probeJune(service: ServicePlan): Promise<ProbeLines> {
  if (service.kind !== "tts") return [];
  const health = await probeOverGrpc(
    service,
    (ask) =>
      askOnce(ask, tts.PATHS.healthCheck, tts.HealthRequest.encode({}), (bytes) => tts.HealthResponse.decode(bytes)),
  );
  const voices = health?.available_voices ?? [];
  const voice = voices.includes(DEFAULT_VOICE) ? DEFAULT_VOICE : voices[0];
  if (voice === undefined) return [];
  return [`voice: ${quoted(voice)}${namesComment("also there", voices.filter((name) => name !== voice))}`];
}
