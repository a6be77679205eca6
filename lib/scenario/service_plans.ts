/** Services of the file -> services of the plan. */
import type { LlmOptions, ServicePlan, SttOptions, TransportName, TtsOptions } from "../plan/plan.ts";
import type { Problems } from "./problems.ts";
import {
  type CommonSettings,
  type GrpcSettings,
  type LlmSettings,
  SERVICE_KINDS,
  type ServiceKey,
  type ServicesSettings,
  type SttSettings,
  type TtsSettings,
} from "./schema_services.ts";
import type { Setting } from "./shape.ts";

/** A service that may be called, and its share of a mix without tasks. */
export interface Candidate {
  plan: ServicePlan;
  weight: number;
  /** Path of the service in the file, for messages. */
  path: string;
}

/** Every service the file names, called or not. */
export function planServices(
  services: Setting<ServicesSettings>,
  transport: TransportName,
  problems: Problems,
): Candidate[] {
  const { grpc, gateway } = services.value;
  if (gateway.given) {
    problems.warn(gateway.at, gateway.path, "The gateway is not called: the test type is grpc");
  }
  const candidates = (Object.keys(SERVICE_KINDS) as ServiceKey[]).flatMap((key) =>
    candidate(key, grpc.value, transport)
  );
  if (candidates.length === 0 && grpc.valid) {
    problems.add(
      grpc.at,
      grpc.path,
      `Names no service: expected at least one of ${Object.keys(SERVICE_KINDS).join(", ")}`,
    );
  }
  const triton = grpc.value.tensorrt_llm;
  if (triton.value !== null) warnOfTriton(triton, triton.value.host.value, problems);
  if (transport === "grpc-js") refuseMoves(grpc.value, problems);
  return candidates;
}

function candidate(key: ServiceKey, grpc: GrpcSettings, transport: TransportName): Candidate[] {
  const built = buildService(key, grpc, transport);
  return built === null ? [] : [{ ...built, path: grpc[key].path }];
}

function buildService(key: ServiceKey, grpc: GrpcSettings, transport: TransportName): Omit<Candidate, "path"> | null {
  switch (key) {
    case "stt": {
      const given = grpc.stt.value;
      return given &&
        {
          plan: { ...common(key, given, transport), inputs: given.clips.value ?? [], options: sttOptions(given) },
          weight: given.weight.value,
        };
    }
    case "tts": {
      const given = grpc.tts.value;
      return given &&
        {
          plan: { ...common(key, given, transport), inputs: given.texts.value ?? [], options: ttsOptions(given) },
          weight: given.weight.value,
        };
    }
    default: {
      const given = grpc[key].value;
      return given &&
        {
          plan: { ...common(key, given, transport), inputs: given.prompts.value ?? [], options: llmOptions(given) },
          weight: given.weight.value,
        };
    }
  }
}

function common(
  name: ServiceKey,
  given: CommonSettings,
  transport: TransportName,
): Omit<ServicePlan, "inputs" | "options"> {
  return {
    name,
    kind: SERVICE_KINDS[name],
    protocol: given.protocol.value,
    settings: null,
    address: given.host.value,
    connections: given.connections.value,
    timeout_ms: given.timeout.value,
    moves: transport === "grpc-js" ? "fail" : given.moves.value,
    metadata: given.metadata.value ?? [],
    tls: given.tls.value,
  };
}

function sttOptions(given: SttSettings): SttOptions {
  return { kind: "stt", pacing: given.pacing.value, chunk_ms: given.chunk.value, language: given.language.value };
}

function llmOptions(given: LlmSettings): LlmOptions {
  const { max_tokens, temperature, system } = given;
  return { kind: "llm", max_tokens: max_tokens.value, temperature: temperature.value, system: system.value };
}

function ttsOptions(given: TtsSettings): TtsOptions {
  const { voice, language, prebuffer, ahead } = given;
  return {
    kind: "tts",
    voice: voice.value,
    language: language.value,
    prebuffer_ms: prebuffer.value,
    ahead: ahead.value,
  };
}

/** Where calls move can only be said of a transport that moves them. */
function refuseMoves(grpc: GrpcSettings, problems: Problems): void {
  for (const { value } of Object.values(grpc)) {
    if (value?.moves.value !== "move" || !value.moves.given) continue;
    const { at, path } = value.moves;
    problems.add(at, path, 'The transport grpc-js moves no calls: write "moves: fail", or use the transport wire');
  }
}

function warnOfTriton({ at, path }: { at: string; path: string }, address: string, problems: Problems): void {
  problems.warn(
    at,
    path,
    `TensorRT-LLM is served by Triton, which does not speak june.llm: unless a june.llm server listens at ${address}, every call fails with UNIMPLEMENTED`,
  );
}
