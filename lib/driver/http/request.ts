/** Sends single requests to an HTTP service, outside any load. */
import { concatBytes } from "../../base/bytes.ts";
import type { ShortageErrno } from "../../transport/channel.ts";
import type { HttpChannel, HttpEnd, HttpHeaders, HttpRequest } from "../../transport/http/channel.ts";

/** How a request ended. */
export interface HttpAnswer {
  end: HttpEnd;
  /** 0: no reply came. */
  status: number;
  headers: HttpHeaders;
  /** At most 1 MiB of it; the rest is dropped. */
  body: Uint8Array;
}

const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Sends one request and collects its reply. Never rejects because of an answer of the server.
 * @param lacking told what this machine lacks for the connection
 * @throws {TypeError} for a method, path or header that cannot be sent
 */
export function askHttp(
  channel: HttpChannel,
  request: HttpRequest,
  timeout_ms: number,
  lacking: (errno: ShortageErrno) => void = () => {},
): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    let status = 0;
    let headers: HttpHeaders = [];
    let length = 0;
    const chunks: Uint8Array[] = [];
    channel.request(request, timeout_ms, {
      sent() {},
      lacking,
      headers(code, fields) {
        status = code;
        headers = fields;
      },
      data(bytes) {
        const kept = bytes.subarray(0, MAX_BODY_BYTES - length);
        length += kept.length;
        if (kept.length > 0) chunks.push(new Uint8Array(kept));
      },
      end: (end) => resolve({ end, status, headers, body: concatBytes(chunks) }),
    });
  });
}

/** Why no complete reply came, in words for a health check. */
export function brokenWords({ end, status }: HttpAnswer, timeout_ms: number): string {
  return end.reason === "deadline" && status === 0
    ? `It accepts connections but sends no reply within ${timeout_ms} ms`
    : end.details;
}
