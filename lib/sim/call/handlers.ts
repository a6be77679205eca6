/** The handling that all rpcs share: decoding, and errors for malformed calls. */
import type { Codec } from "../../../proto/codec.ts";
import { StatusCode } from "../../transport/status.ts";
import type { Fate } from "../fault/state.ts";
import { Job, type ServiceContext } from "./job.ts";
import type { CallHandler, Handle, ServerCall } from "../server/server.ts";

/** Serves one request; the reply goes through the job. */
export type Serve<Request> = (job: Job, request: Request) => void;

/** Makes the handler of an rpc with one request message, unary or server streaming. */
export function oneRequest<Request>(
  context: ServiceContext,
  codec: Codec<Request>,
  serve: Serve<Request>,
  fate?: Fate,
): Handle {
  return (call) => new OneRequest(new Job(context, call, fate), codec, serve);
}

class OneRequest<Request> implements CallHandler {
  readonly #job: Job;
  readonly #codec: Codec<Request>;
  readonly #serve: Serve<Request>;
  #seen = false;

  constructor(job: Job, codec: Codec<Request>, serve: Serve<Request>) {
    this.#job = job;
    this.#codec = codec;
    this.#serve = serve;
  }

  message(bytes: Uint8Array): void {
    if (this.#seen) return this.#job.end(StatusCode.INTERNAL, "more than one request message came");
    this.#seen = true;
    const request = decodeRequest(this.#job, this.#codec, bytes);
    if (request !== null) this.#serve(this.#job, request);
  }

  halfClose(): void {
    if (!this.#seen) this.#job.end(StatusCode.INTERNAL, "the call ended without a request message");
  }

  cancel(): void {
    this.#job.cancel();
  }

  drain(): void {
    this.#job.drained();
  }
}

/** Handler of the messages of a request stream. */
export interface StreamServer<Request> {
  request(request: Request): void;
  halfClose(): void;
}

/** Makes the handler of an rpc with a stream of requests. */
export function manyRequests<Request>(
  context: ServiceContext,
  codec: Codec<Request>,
  serve: (job: Job) => StreamServer<Request>,
): Handle {
  return (call) => {
    const job = new Job(context, call);
    const server = serve(job);
    return {
      message(bytes) {
        const request = decodeRequest(job, codec, bytes);
        if (request !== null) server.request(request);
      },
      halfClose: () => server.halfClose(),
      cancel: () => job.cancel(),
      drain: () => job.drained(),
    };
  };
}

/** Makes the handler of an rpc that the server does not have, with the message of Python servers. */
export function unimplemented(): Handle {
  return (call: ServerCall) => {
    call.end(StatusCode.UNIMPLEMENTED, "Method not implemented!");
    return { message() {}, halfClose() {}, cancel() {}, drain() {} };
  };
}

function decodeRequest<Request>(job: Job, codec: Codec<Request>, bytes: Uint8Array): Request | null {
  try {
    return codec.decode(bytes);
  } catch (error) {
    job.end(StatusCode.INTERNAL, `cannot decode the request: ${(error as Error).message}`);
    return null;
  }
}
