/** Recognises the protocol of a gRPC server with one harmless request for each protocol. */
import * as kserve from "../../proto/kserve.ts";
import * as riva_asr from "../../proto/riva_asr.ts";
import * as riva_tts from "../../proto/riva_tts.ts";
import type { Protocol } from "../plan/protocols.ts";
import { PROTOCOLS } from "../plan/protocol_facts.ts";
import type { VoiceKind } from "../plan/tasks.ts";
import type { Channel, Metadata } from "../transport/channel.ts";
import { StatusCode } from "../transport/status.ts";
import { HEALTH_RPCS } from "./june/health.ts";
import { askOver } from "./rpc/standard_health.ts";

/** A service whose protocol june-load knows. */
export interface KnownService {
  /** Name of the service, for messages. */
  what: string;
  protocol: Protocol;
  kind: VoiceKind;
}

/** A method that only servers of one protocol have. */
export interface Signature {
  what: string;
  kind: VoiceKind;
  /** `/package.Service/Method`; called with an empty request. */
  path: string;
}

/** How each protocol is recognised over gRPC; empty for protocols without gRPC or without a method of their own. */
export const SIGNATURES: Readonly<Record<Protocol, readonly Signature[]>> = {
  june: [
    { what: "June's speech-to-text", kind: "stt", path: HEALTH_RPCS.stt.path },
    { what: "June's language model", kind: "llm", path: HEALTH_RPCS.llm.path },
    { what: "June's text-to-speech", kind: "tts", path: HEALTH_RPCS.tts.path },
  ],
  triton: [{ what: "Triton Inference Server", kind: "llm", path: kserve.PATHS.serverMetadata }],
  riva: [
    { what: "Riva's speech recognition", kind: "stt", path: riva_asr.PATHS.getConfig },
    { what: "Riva's speech synthesis", kind: "tts", path: riva_tts.PATHS.getConfig },
  ],
  openai: [],
  grpc: [],
  rest: [],
  websocket: [],
};

/**
 * The services that answer at a channel's target.
 * @param timeout_ms deadline of each request
 */
export async function recogniseServices(
  channel: Channel,
  metadata: Metadata,
  timeout_ms: number,
): Promise<KnownService[]> {
  const ask = askOver(channel, metadata, timeout_ms);
  const codeOf = async (path: string) => (await ask(path, new Uint8Array(0))).status.code;
  const control = codeOf(NO_METHOD);
  const all = PROTOCOLS.flatMap((protocol) => SIGNATURES[protocol].map((signature) => ({ protocol, ...signature })));
  const answers = await Promise.all(all.map(async ({ path, ...known }) => {
    const code = await codeOf(path);
    // Any other status shows that the server has the method, unless it says so of every method.
    return hasMethod(code) && code !== await control ? known : null;
  }));
  return answers.filter((known) => known !== null);
}

/** A method that no server has: one that has it answers every request alike. */
const NO_METHOD = "/june_load.NoSuchService/NoSuchMethod";

/** Status codes that do not show whether the method exists. */
const INCONCLUSIVE: readonly number[] = [
  StatusCode.UNIMPLEMENTED,
  StatusCode.UNAVAILABLE,
  StatusCode.DEADLINE_EXCEEDED,
  StatusCode.UNAUTHENTICATED,
  StatusCode.PERMISSION_DENIED,
];

const hasMethod = (code: number): boolean => !INCONCLUSIVE.includes(code);
