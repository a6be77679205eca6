/** An interop server over grpc-js. Argument: `ServerOptions` as JSON. Prints `port N` when it listens. */
import { Buffer } from "node:buffer";
import { installGoawayShield } from "../../../lib/transport/grpc_js/goaway_shield.ts";
import { decode, encode, type StreamingOutputCallRequest } from "../interop_messages.ts";
import type { ServerOptions } from "./server.ts";

installGoawayShield();
const grpc = await import("@grpc/grpc-js");
type Metadata = InstanceType<typeof grpc.Metadata>;

const INITIAL_KEY = "x-grpc-test-echo-initial";
const TRAILING_KEY = "x-grpc-test-echo-trailing-bin";

interface AnyCall {
  metadata: Metadata;
  sendMetadata(metadata: Metadata): void;
}

/** Sends back the metadata the interop contract asks to echo; returns the trailers. */
function echoMetadata(call: AnyCall): Metadata {
  const trailers = new grpc.Metadata();
  for (const value of call.metadata.get(TRAILING_KEY)) trailers.add(TRAILING_KEY, value);
  const initial = call.metadata.get(INITIAL_KEY);
  if (initial.length === 0) return trailers;
  const headers = new grpc.Metadata();
  for (const value of initial) headers.add(INITIAL_KEY, value);
  call.sendMetadata(headers);
  return trailers;
}

/** Answers one streaming request: each reply after its interval. */
async function reply(request: StreamingOutputCallRequest, write: (bytes: Buffer) => void): Promise<void> {
  for (const { size, interval_us } of request.response_parameters ?? []) {
    if (interval_us) await new Promise((resolve) => setTimeout(resolve, interval_us / 1000));
    write(Buffer.from(encode("StreamingOutputCallResponse", { payload: { body: new Uint8Array(size ?? 0) } })));
  }
}

function serviceError(code: number, details: string, metadata: Metadata) {
  return Object.assign(new Error(details), { code, details, metadata });
}

const raw = {
  requestSerialize: (bytes: Buffer) => bytes,
  requestDeserialize: (bytes: Buffer) => bytes,
  responseSerialize: (bytes: Buffer) => bytes,
  responseDeserialize: (bytes: Buffer) => bytes,
};
function method(name: string, requestStream: boolean, responseStream: boolean) {
  return { path: `/grpc.testing.TestService/${name}`, requestStream, responseStream, ...raw };
}

const service = {
  EmptyCall: method("EmptyCall", false, false),
  UnaryCall: method("UnaryCall", false, false),
  StreamingOutputCall: method("StreamingOutputCall", false, true),
  StreamingInputCall: method("StreamingInputCall", true, false),
  FullDuplexCall: method("FullDuplexCall", true, true),
};

type Raw = Buffer;
const EmptyCall: import("@grpc/grpc-js").handleUnaryCall<Raw, Raw> = (call, done) => {
  done(null, Buffer.alloc(0), echoMetadata(call));
};

const UnaryCall: import("@grpc/grpc-js").handleUnaryCall<Raw, Raw> = (call, done) => {
  const request = decode("SimpleRequest", call.request);
  const trailers = echoMetadata(call);
  const status = request.response_status;
  if (status?.code) return done(serviceError(status.code, status.message ?? "", trailers));
  const body = new Uint8Array(request.response_size ?? 0);
  done(null, Buffer.from(encode("SimpleResponse", { payload: { body } })), trailers);
};

const StreamingOutputCall: import("@grpc/grpc-js").handleServerStreamingCall<Raw, Raw> = async (call) => {
  const trailers = echoMetadata(call);
  await reply(decode("StreamingOutputCallRequest", call.request), (bytes) => call.write(bytes));
  call.end(trailers);
};

const StreamingInputCall: import("@grpc/grpc-js").handleClientStreamingCall<Raw, Raw> = (call, done) => {
  let aggregated_payload_size = 0;
  call.on("data", (bytes: Buffer) => {
    aggregated_payload_size += decode("StreamingInputCallRequest", bytes).payload?.body?.length ?? 0;
  });
  call.on("error", () => {});
  call.on("end", () => done(null, Buffer.from(encode("StreamingInputCallResponse", { aggregated_payload_size }))));
};

const FullDuplexCall: import("@grpc/grpc-js").handleBidiStreamingCall<Raw, Raw> = (call) => {
  const trailers = echoMetadata(call);
  let replies = Promise.resolve();
  call.on("data", (bytes: Buffer) => {
    const request = decode("StreamingOutputCallRequest", bytes);
    replies = replies.then(() => reply(request, (message) => call.write(message))).then(() => {
      const status = request.response_status;
      if (status?.code) call.emit("error", serviceError(status.code, status.message ?? "", trailers));
    });
  });
  call.on("error", () => {});
  call.on("end", () => replies.then(() => call.end(trailers)));
};

function serverCredentials(tls: ServerOptions["tls"]) {
  if (tls === undefined) return grpc.ServerCredentials.createInsecure();
  const read = (path: string) => Buffer.from(Deno.readFileSync(path));
  return grpc.ServerCredentials.createSsl(
    // Never null: Deno would list every system root in its handshake, which then grows beyond what TLS allows.
    read(tls.client_ca_path ?? tls.cert_path),
    [{ cert_chain: read(tls.cert_path), private_key: read(tls.key_path) }],
    tls.client_ca_path !== undefined,
  );
}

const options = JSON.parse(Deno.args[0] ?? "{}") as ServerOptions;
const server = new grpc.Server({
  "grpc.enable_channelz": 0,
  ...(options.max_concurrent_streams && { "grpc.max_concurrent_streams": options.max_concurrent_streams }),
  ...(options.max_connection_age_ms && {
    "grpc.max_connection_age_ms": options.max_connection_age_ms,
    "grpc.max_connection_age_grace_ms": 5000,
  }),
});
server.addService(service, { EmptyCall, UnaryCall, StreamingOutputCall, StreamingInputCall, FullDuplexCall });
const address = options.unix_path === undefined ? `127.0.0.1:${options.port ?? 0}` : `unix:${options.unix_path}`;
server.bindAsync(address, serverCredentials(options.tls), (error, port) => {
  const line = error === null ? `port ${port}\n` : `failed ${error.message}\n`;
  Deno.stdout.writeSync(new TextEncoder().encode(line));
  if (error !== null) Deno.exit(1);
});
// The parent's end closes this pipe: no server outlives its test.
for await (const _ of Deno.stdin.readable);
Deno.exit(0);
