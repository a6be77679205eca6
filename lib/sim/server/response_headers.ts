/** Header blocks of replies. Blocks that rarely vary are encoded once. */
import { StatusCode } from "../../transport/status.ts";
import { encodePercent } from "../../transport/wire/grpc/percent.ts";
import { encodeHeaders, type HeaderField } from "../../transport/wire/hpack/encoder.ts";

const START: readonly HeaderField[] = [
  [":status", "200"],
  ["content-type", "application/grpc"],
  ["grpc-accept-encoding", "identity,gzip"],
];

/** The block before the first message. */
export const REPLY_HEADERS: Uint8Array = encodeHeaders(START);
const OK_TRAILERS = encodeHeaders(statusFields(StatusCode.OK, ""));

/** The block after the last message. */
export function trailers(code: number, details: string, more: readonly HeaderField[] = []): Uint8Array {
  const ok = code === StatusCode.OK && details === "" && more.length === 0;
  return ok ? OK_TRAILERS : encodeHeaders([...statusFields(code, details), ...more]);
}

/** Headers and trailers in one, where no message is sent. */
export function trailersOnly(code: number, details: string, more: readonly HeaderField[] = []): Uint8Array {
  return encodeHeaders([...START, ...statusFields(code, details), ...more]);
}

/** The whole answer to a request that is not gRPC. */
export function httpStatus(status: number): Uint8Array {
  return encodeHeaders([[":status", `${status}`]]);
}

function statusFields(code: number, details: string): HeaderField[] {
  const status: HeaderField = ["grpc-status", `${code}`];
  return details === "" ? [status] : [status, ["grpc-message", encodePercent(details)]];
}
