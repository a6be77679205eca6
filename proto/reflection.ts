/** Messages and method paths of reflection.proto. */
import text from "./reflection.proto" with { type: "text" };
import { type Codec, parseProto } from "./codec.ts";

const schema = parseProto(text, "grpc.reflection.v1");

/** Method paths, the newer version first; both speak the same messages. */
export const PATHS = [
  "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
  "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
] as const;

/** One question; exactly one field is set. */
export interface ServerReflectionRequest {
  file_by_filename: string;
  /** Full name of a service, method or type, without a leading dot. */
  file_containing_symbol: string;
  /** The server ignores the value. */
  list_services: string;
}

/** The answer to one question; one field is set. */
export interface ServerReflectionResponse {
  file_descriptor_response: { file_descriptor_proto: Uint8Array[] } | null;
  list_services_response: { service: { name: string }[] } | null;
  /** `error_code` is a gRPC status. */
  error_response: { error_code: number; error_message: string } | null;
}

/** Codec of `ServerReflectionRequest`. */
export const ServerReflectionRequest: Codec<ServerReflectionRequest> = schema.message("ServerReflectionRequest");
/** Codec of `ServerReflectionResponse`. */
export const ServerReflectionResponse: Codec<ServerReflectionResponse> = schema.message("ServerReflectionResponse");
