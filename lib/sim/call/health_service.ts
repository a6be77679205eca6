/** June's HealthCheck of each service, and gRPC's standard health service. */
import * as asr from "../../../proto/asr.ts";
import * as health from "../../../proto/health.ts";
import * as kserve from "../../../proto/kserve.ts";
import * as llm from "../../../proto/llm.ts";
import * as rivaAsr from "../../../proto/riva_asr.ts";
import * as rivaTts from "../../../proto/riva_tts.ts";
import * as tts from "../../../proto/tts.ts";
import type { VoiceKind } from "../../plan/plan.ts";
import { StatusCode } from "../../transport/status.ts";
import type { Fate } from "../fault/state.ts";
import { oneRequest } from "./handlers.ts";
import type { ServiceContext } from "./job.ts";
import type { ProfileName } from "../model/model.ts";
import type { MethodTable } from "../server/server.ts";

/** The version that all of June's services report. */
const VERSION = "0.2.0";
const CONTEXT_TOKENS = 131_072;
const JUNE_TOOLS = ["search", "calculator", "weather"];
const NORMAL: Fate = { kind: "normal" };

/** Full names of the services on each port, as in health checks. */
const SERVICE_NAMES: Readonly<Record<VoiceKind, readonly string[]>> = {
  stt: [asr.SERVICE, rivaAsr.SERVICE],
  llm: [llm.SERVICE, kserve.SERVICE],
  tts: [tts.SERVICE, rivaTts.SERVICE],
};

/** Adds June's HealthCheck; `context` should have a queue of its own, so that a busy service still answers. */
export function registerHealthCheck(
  server: MethodTable,
  kind: VoiceKind,
  context: ServiceContext,
  profile: ProfileName,
): void {
  const { healthy } = context.faults;
  const path = { stt: asr.PATHS, llm: llm.PATHS, tts: tts.PATHS }[kind].healthCheck;
  const reply = encodeHealth(kind, healthy, profile);
  server.handle(path, oneRequest(context, asr.HealthRequest, (job) => job.step(0, () => job.reply(reply)), NORMAL));
}

function encodeHealth(kind: VoiceKind, healthy: boolean, profile: ProfileName): Uint8Array {
  switch (kind) {
    case "stt":
      return asr.HealthResponse.encode({ healthy, version: VERSION, model_name: "june-sim-stt" });
    case "tts":
      return tts.HealthResponse.encode({ healthy, version: VERSION, available_voices: ["default"] });
    case "llm":
      return llm.HealthResponse.encode({
        healthy,
        version: VERSION,
        model_name: "june-sim-llm",
        max_context_length: CONTEXT_TOKENS,
        supports_streaming: true,
        available_tools: profile === "june" ? JUNE_TOOLS : [],
      });
  }
}

/** Adds grpc.health.v1 Check and Watch, for the whole server and each of its services. */
export function registerGrpcHealth(server: MethodTable, kind: VoiceKind, context: ServiceContext): void {
  const { SERVING, NOT_SERVING, SERVICE_UNKNOWN } = health.ServingStatus;
  const status = context.faults.healthy ? SERVING : NOT_SERVING;
  const knows = (service: string) => service === "" || SERVICE_NAMES[kind].includes(service);
  server.handle(
    health.PATHS.check,
    oneRequest(context, health.HealthCheckRequest, (job, { service }) => {
      if (!knows(service)) return job.end(StatusCode.NOT_FOUND, `unknown service "${service}"`);
      job.step(0, () => job.reply(health.HealthCheckResponse.encode({ status })));
    }, NORMAL),
  );
  server.handle(
    `/${health.SERVICE}/Watch`,
    oneRequest(context, health.HealthCheckRequest, (job, { service }) => {
      const known = knows(service) ? status : SERVICE_UNKNOWN;
      job.step(0, () => job.send(health.HealthCheckResponse.encode({ status: known })));
    }, NORMAL),
  );
}
