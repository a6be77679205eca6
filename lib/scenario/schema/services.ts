/** What a scenario file says about the services under test. */
import { calls } from "./calls.ts";
import { gateway } from "./gateway.ts";
import { llmService, tensorrtService } from "./llm.ts";
import { sttService, ttsService } from "./speech.ts";
import { type Field, maybe, object, optional, type Shape } from "../shape/shape.ts";

/** The port of each kind of service where the file names none, as June's servers have them. */
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
    "The services of a voice assistant. The group has June's name; what each service speaks is its `protocol`. Where neither `calls` nor a `gateway` are given either: llm, stt and tts on this machine.",
  ),
  calls: maybe(
    calls,
    "none",
    "Services of your own, by names of your own: any gRPC method, HTTP request or WebSocket message.",
    { shop: { protocol: "rest", host: "https://shop.example.net", exchanges: [{ path: "/health" }] } },
  ),
  gateway: maybe(
    gateway,
    "none",
    "June's former HTTP gateway. Called with `--test-type rest`, `websocket` or `all`, by tasks that name it, or where nothing else is given.",
  ),
});

/** Decoded `services`. */
export type ServicesSettings = NonNullable<ReturnType<typeof services.decode>>;
/** Decoded `services.grpc`. */
export type GrpcGroup = NonNullable<ReturnType<typeof grpcServices.decode>>;
/** Key of a service in `services.grpc`. */
export type ServiceKey = keyof GrpcGroup;

/** Keys of the services in `services.grpc` and what each does, in the order plans list them. */
export const SERVICE_KINDS = {
  tensorrt_llm: "llm",
  inference_api: "llm",
  llm: "llm",
  stt: "stt",
  tts: "tts",
} as const satisfies Record<ServiceKey, "stt" | "llm" | "tts">;

/** The names under which the two halves of the gateway are services of a plan. */
export const GATEWAY = { rest: "gateway", websocket: "gateway_websocket" } as const;
