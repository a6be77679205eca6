/** The keys of the services under test. */
import { calls } from "./calls.ts";
import { gateway } from "./gateway.ts";
import { llmService, tensorrtService } from "./llm.ts";
import { sttService, ttsService } from "./speech.ts";
import { type Field, maybe, object, optional, type Shape } from "../shape/shape.ts";

/** The default port of each kind of service, as for June's servers. */
export const DEFAULT_PORTS = { llm: 50051, stt: 50052, tts: 50053 } as const;

const serviceField = <T>(shape: Shape<T>, doc: string): Field<T | null> => maybe(shape, "not called", doc);

/** The services of a voice assistant, by the keys they may have. */
const grpcServices = object({
  llm: serviceField(llmService, "A language model service."),
  inference_api: serviceField(llmService, "June's own language model service."),
  tensorrt_llm: serviceField(tensorrtService, "June's default language model service: TensorRT-LLM behind Triton."),
  stt: serviceField(sttService, "Speech to text."),
  tts: serviceField(ttsService, "Text to speech."),
});

/** The `services` part of a file. */
export const services = object({
  grpc: optional(
    grpcServices,
    { llm: {}, stt: {}, tts: {} },
    "The services of a voice assistant, with any `protocol`; the name of the group is June's. Without `grpc`, `calls` and `gateway`: llm, stt and tts on this machine.",
  ),
  calls: maybe(
    calls,
    "none",
    "Your own services, by any name: gRPC methods, HTTP requests or WebSocket messages.",
    { shop: { protocol: "rest", host: "https://shop.example.net", exchanges: [{ path: "/health" }] } },
  ),
  gateway: maybe(
    gateway,
    "none",
    "June's former HTTP gateway. Called if `--test-type rest`, `websocket` or `all` selects it, if tasks name it, or if there is no other service.",
  ),
});

/** Decoded `services`. */
export type ServicesSettings = NonNullable<ReturnType<typeof services.decode>>;
/** Decoded `services.grpc`. */
export type GrpcGroup = NonNullable<ReturnType<typeof grpcServices.decode>>;
/** Key of a service in `services.grpc`. */
export type ServiceKey = keyof GrpcGroup;

/** Keys of the services in `services.grpc` and their kinds, in the order of plans. */
export const SERVICE_KINDS = {
  tensorrt_llm: "llm",
  inference_api: "llm",
  llm: "llm",
  stt: "stt",
  tts: "tts",
} as const satisfies Record<ServiceKey, "stt" | "llm" | "tts">;

/** Names of the two halves of the gateway in a plan. */
export const GATEWAY = { rest: "gateway", websocket: "gateway_websocket" } as const;
