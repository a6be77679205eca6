/** Reads one header block of a reply: initial headers, trailers, or both in one. */
import type { Metadata, MetadataValue, Status } from "../../channel.ts";
import { StatusCode } from "../../status.ts";
import { withWords } from "../../status_words.ts";
import { decodeMetadata } from "./metadata.ts";
import { decodePercent } from "./percent.ts";
import { statusOfHttp } from "./status_map.ts";

/** Headers of HTTP/1 that have no meaning on an HTTP/2 connection and make a reply malformed. */
const FORBIDDEN = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]);
/** Headers that are not metadata. */
const OWN = new Set(["content-type", "grpc-encoding", "grpc-accept-encoding", "grpc-status", "grpc-message"]);
const NAME = /^:?[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const BAD_VALUE = /[\0\r\n]/;
const GRPC_TYPE = /^application\/grpc($|[+;])/;

const NO_STATUS: Status = {
  code: StatusCode.UNKNOWN,
  details: "The reply ended without a grpc-status",
  origin: "server",
  trailers: [],
};

/** A checked header block. It is immutable, so a block seen before is not read again. */
export class ReplyBlock {
  /** Why the block is malformed, or null. */
  fault: string | null = null;
  /** HTTP status; 0 where the block has none, like trailers. */
  http_status = 0;
  /** Value of grpc-encoding. */
  encoding: string | null = null;
  /** Why the block cannot begin a gRPC reply, or null. Replies without a content type pass: some servers send none. */
  refusal: Status | null = null;
  /** The grpc-status in this block; null: it has none. */
  told_status: Status | null = null;
  /** The status of a reply that ends with this block, even if the block lacks one. */
  final_status: Status = NO_STATUS;
  /** The content type is gRPC's. */
  is_grpc = false;
  #contentType: string | null = null;
  #grpcStatus: string | null = null;
  #grpcMessage = "";
  #normalSeen = false;
  /** All fields except `:status`, unchanged. */
  readonly headers: (readonly [name: string, value: string])[] = [];
  readonly #metadata: (readonly [string, MetadataValue])[] = [];

  /** Metadata of the block. */
  get metadata(): Metadata {
    return this.#metadata;
  }

  /** Takes the next field; bound, so that the header decoder can call it. */
  readonly field = (name: string, value: string): void => {
    this.fault ??= this.#faultOf(name, value);
    if (this.fault !== null) return;
    if (name === ":status") {
      this.http_status = Number(value);
      return;
    }
    this.headers.push([name, value]);
    if (name === "content-type") this.#contentType = value;
    else if (name === "grpc-encoding") this.encoding = value;
    else if (name === "grpc-status") this.#grpcStatus ??= value;
    else if (name === "grpc-message") this.#grpcMessage = value;
    if (!OWN.has(name)) this.#metadata.push(...decodeMetadata(name, value));
  };

  #faultOf(name: string, value: string): string | null {
    if (!NAME.test(name)) return `header name "${name}"`;
    if (BAD_VALUE.test(value)) return `value of header "${name}"`;
    if (name.startsWith(":")) {
      if (this.#normalSeen) return `"${name}" after other headers`;
      if (name !== ":status" || this.http_status !== 0) return `unexpected "${name}"`;
      return /^[1-9][0-9]{2}$/.test(value) ? null : `":status" of "${value}"`;
    }
    this.#normalSeen = true;
    return FORBIDDEN.has(name) ? `header "${name}"` : null;
  }

  /** Checks all fields, once, after the last. */
  finish(): this {
    const type = this.#contentType;
    const isGrpc = type !== null && GRPC_TYPE.test(type);
    this.is_grpc = isGrpc;
    const { http_status } = this;
    if (http_status !== 200 || (type !== null && !isGrpc)) {
      this.refusal = this.#httpStatus(type === null ? "no content type" : `content type "${type}"`);
    }
    if (this.#grpcStatus !== null && (http_status === 0 || http_status === 200 || isGrpc)) {
      this.final_status = this.told_status = this.#readStatus(this.#grpcStatus);
    } else if (http_status !== 0 && this.refusal !== null) {
      this.final_status = this.refusal;
    } else {
      const foreign = http_status !== 0 && !isGrpc ? { foreign: true as const } : {};
      this.final_status = { ...NO_STATUS, trailers: this.#metadata, ...foreign };
    }
    return this;
  }

  #readStatus(text: string): Status {
    const number = /^[0-9]{1,9}$/.test(text) ? Number(text) : NaN;
    const words = decodePercent(this.#grpcMessage);
    const known = number <= StatusCode.UNAUTHENTICATED;
    return withWords({
      code: known ? number : StatusCode.UNKNOWN,
      details: known ? words : `Unknown grpc-status "${text}"${words === "" ? "" : `: ${words}`}`,
      origin: "server",
      trailers: this.#metadata,
    });
  }

  /** The `retry-after` of a proxy in front of the service. */
  get #retry(): string {
    const after = this.headers.find(([name]) => name === "retry-after")?.[1] ?? "";
    return /^[0-9]{1,9}$/.test(after) ? `; try again after ${Number(after)} s` : "";
  }

  #httpStatus(what: string): Status {
    return {
      code: statusOfHttp(this.http_status),
      details:
        `The peer answered with HTTP status ${this.http_status} and ${what}, which is not a gRPC reply${this.#retry}`,
      origin: "server",
      trailers: this.#metadata,
      foreign: true,
    };
  }
}
