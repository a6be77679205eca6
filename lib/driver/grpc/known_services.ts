/** Recognises services that june-load speaks to without descriptors, by asking one harmless question of each. */
import * as kserve from "../../../proto/kserve.ts";
import * as riva_asr from "../../../proto/riva_asr.ts";
import * as riva_tts from "../../../proto/riva_tts.ts";
import type { Channel, Metadata } from "../../transport/channel.ts";
import { StatusCode } from "../../transport/status.ts";
import type { Protocol } from "../../plan/protocols.ts";
import type { VoiceKind } from "../../plan/tasks.ts";
import { HEALTH_RPCS } from "../june/health.ts";
import { askOver } from "../rpc/standard_health.ts";

/** A service with a protocol of its own in june-load. */
export interface KnownService {
  /** What answered, in words. */
  what: string;
  protocol: Protocol;
  kind: VoiceKind;
}

const KNOWN: readonly (KnownService & { path: string })[] = [
  { what: "Triton Inference Server", protocol: "triton", kind: "llm", path: kserve.PATHS.serverMetadata },
  { what: "Riva's speech recognition", protocol: "riva", kind: "stt", path: riva_asr.PATHS.getConfig },
  { what: "Riva's speech synthesis", protocol: "riva", kind: "tts", path: riva_tts.PATHS.getConfig },
  { what: "June's speech-to-text", protocol: "june", kind: "stt", path: HEALTH_RPCS.stt.path },
  { what: "June's language model", protocol: "june", kind: "llm", path: HEALTH_RPCS.llm.path },
  { what: "June's text-to-speech", protocol: "june", kind: "tts", path: HEALTH_RPCS.tts.path },
];

/**
 * The services that answer at a channel's target.
 * @param timeout_ms deadline of each question
 */
export async function recogniseServices(
  channel: Channel,
  metadata: Metadata,
  timeout_ms: number,
): Promise<KnownService[]> {
  const ask = askOver(channel, metadata, timeout_ms);
  const answers = await Promise.all(KNOWN.map(async ({ path }) => (await ask(path, new Uint8Array(0))).status));
  // Whatever it says to an empty request: it knows the method.
  return KNOWN.filter((_, index) => knows(answers[index]?.code)).map(({ what, protocol, kind }) => ({
    what,
    protocol,
    kind,
  }));
}

const STRANGE: readonly number[] = [
  StatusCode.UNIMPLEMENTED,
  StatusCode.UNAVAILABLE,
  StatusCode.DEADLINE_EXCEEDED,
  StatusCode.UNAUTHENTICATED,
  StatusCode.PERMISSION_DENIED,
];

const knows = (code: number | undefined): boolean => code !== undefined && !STRANGE.includes(code);
