/** The header block of a method's requests, encoded once. */
import { concatBytes } from "../../../base/bytes.ts";
import type { MethodSpec } from "../../channel.ts";
import { encodeHeaders } from "../hpack/encoder.ts";
import { encodeMetadata } from "./metadata.ts";
import { encodeTimeout } from "./timeout.ts";

/** Header blocks of one method. Only the timeout varies between calls, and rarely. */
export class RequestHead {
  readonly #before: Uint8Array;
  readonly #after: Uint8Array;
  #timeout_ms = NaN;
  #block: Uint8Array;

  /**
   * @param authority value of `:authority`
   * @throws {TypeError} for metadata that gRPC does not allow
   */
  constructor(spec: MethodSpec, scheme: "http" | "https", authority: string) {
    this.#before = encodeHeaders([
      [":method", "POST"],
      [":scheme", scheme],
      [":path", spec.path],
      [":authority", authority],
      ["te", "trailers"],
    ]);
    this.#after = encodeHeaders([
      ["content-type", "application/grpc"],
      ...(spec.gzip === true ? [["grpc-encoding", "gzip"] as const] : []),
      ["grpc-accept-encoding", "identity,gzip"],
      ["user-agent", "june-load"],
      ...encodeMetadata(spec.metadata),
    ]);
    this.#block = this.#encode("");
  }

  /** The block for a call with `timeout_ms` left; Infinity: without a timeout. */
  block(timeout_ms: number): Uint8Array {
    if (timeout_ms !== this.#timeout_ms) {
      this.#block = this.#encode(timeout_ms === Infinity ? "" : encodeTimeout(timeout_ms));
      this.#timeout_ms = timeout_ms;
    }
    return this.#block;
  }

  #encode(timeout: string): Uint8Array {
    const middle = timeout === "" ? new Uint8Array(0) : encodeHeaders([["grpc-timeout", timeout]]);
    return concatBytes([this.#before, middle, this.#after]);
  }
}
