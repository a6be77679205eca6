/**
 * Messages of `grpc.testing.TestService`, the contract of gRPC's own interoperability tests, so that interop
 * servers of all languages can stand behind the conformance suite. Source: grpc/grpc-proto, grpc/testing/messages.proto (fields used here).
 */
import protobuf from "protobufjs";

const { root } = protobuf.parse(
  `syntax = "proto3";
  package grpc.testing;
  message Empty {}
  message BoolValue { bool value = 1; }
  message Payload { int32 type = 1; bytes body = 2; }
  message EchoStatus { int32 code = 1; string message = 2; }
  message SimpleRequest {
    int32 response_size = 2; Payload payload = 3; BoolValue response_compressed = 6; EchoStatus response_status = 7;
    BoolValue expect_compressed = 8;
  }
  message SimpleResponse { Payload payload = 1; }
  message StreamingInputCallRequest { Payload payload = 1; BoolValue expect_compressed = 2; }
  message StreamingInputCallResponse { int32 aggregated_payload_size = 1; }
  message ResponseParameters { int32 size = 1; int32 interval_us = 2; BoolValue compressed = 3; }
  message StreamingOutputCallRequest {
    repeated ResponseParameters response_parameters = 2; Payload payload = 3; EchoStatus response_status = 7;
  }
  message StreamingOutputCallResponse { Payload payload = 1; }`,
  { keepCase: true },
);

/** Bytes of a chosen length. */
export interface Payload {
  body: Uint8Array;
}
/** A status the server is asked to end the call with. */
export interface EchoStatus {
  code: number;
  message: string;
}
/** Request of UnaryCall. */
export interface SimpleRequest {
  response_size?: number;
  payload?: Payload;
  response_status?: EchoStatus;
  response_compressed?: { value: boolean };
  expect_compressed?: { value: boolean };
}
/** Request of StreamingOutputCall and FullDuplexCall: one reply per parameter. */
export interface StreamingOutputCallRequest {
  response_parameters?: { size: number; interval_us?: number; compressed?: { value: boolean } }[];
  payload?: Payload;
  response_status?: EchoStatus;
}

/** Every message by name, as plain objects. */
export interface InteropMessages {
  Empty: Record<string, never>;
  SimpleRequest: SimpleRequest;
  SimpleResponse: { payload?: Payload };
  StreamingInputCallRequest: { payload?: Payload; expect_compressed?: { value: boolean } };
  StreamingInputCallResponse: { aggregated_payload_size: number };
  StreamingOutputCallRequest: StreamingOutputCallRequest;
  StreamingOutputCallResponse: { payload?: Payload };
}

/** Encodes one message. */
export function encode<Name extends keyof InteropMessages>(name: Name, value: InteropMessages[Name]): Uint8Array {
  const type = root.lookupType(`grpc.testing.${name}`);
  // A plain array: protobufjs makes a node Buffer, whose `slice` shares memory.
  return new Uint8Array(type.encode(type.fromObject(value)).finish());
}

/** Decodes one message, scalars at their defaults. */
export function decode<Name extends keyof InteropMessages>(name: Name, bytes: Uint8Array): InteropMessages[Name] {
  const type = root.lookupType(`grpc.testing.${name}`);
  return type.toObject(type.decode(bytes), { defaults: false, arrays: true }) as InteropMessages[Name];
}

/** A payload of `size` zero bytes. */
export function payload(size: number): Payload {
  return { body: new Uint8Array(size) };
}
