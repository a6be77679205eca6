/** How long a service that refuses a call asks its callers to wait. */
import { detailOf, RpcStatus } from "../../../proto/rpc_status.ts";
import type { Metadata } from "../../transport/channel.ts";
import type { HttpHeaders } from "../../transport/http/channel.ts";

/** What an ending says of it: a part of `OperationEnd`. */
export interface RetryAfter {
  retry_after_us?: number;
}

const UNSAID: RetryAfter = {};
const WHOLE = /^[0-9]{1,9}$/;

/**
 * From the headers of a reply: `retry-after-ms` (Azure, OpenAI), else `Retry-After` in seconds or as a date, which counts
 * from the reply's own `Date`: the server's clock may be wrong. Source: RFC 9110, section 10.2.3.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(retryAfterOfHttp([["retry-after", "7"]]), { retry_after_us: 7_000_000 });
 * ```
 */
export function retryAfterOfHttp(headers: HttpHeaders): RetryAfter {
  const valueOf = (name: string) => headers.find(([field]) => field === name)?.[1].trim() ?? "";
  const milliseconds = valueOf("retry-after-ms");
  if (WHOLE.test(milliseconds)) return after_ms(Number(milliseconds));
  const text = valueOf("retry-after");
  if (WHOLE.test(text)) return after_ms(Number(text) * 1000);
  const sent_ms = Date.parse(valueOf("date"));
  const until_ms = /[A-Za-z]/.test(text) ? Date.parse(text) : NaN;
  return after_ms(until_ms - (Number.isNaN(sent_ms) ? Date.now() : sent_ms));
}

/**
 * From the metadata of a status: gRPC's `grpc-retry-pushback-ms`, else a `google.rpc.RetryInfo` in its details, else the
 * `retry-after` of a proxy. Sources: gRPC's proposal A6; google/rpc/error_details.proto.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(retryAfterOfGrpc([["grpc-retry-pushback-ms", "250"]]), { retry_after_us: 250_000 });
 * ```
 */
export function retryAfterOfGrpc(trailers: Metadata): RetryAfter {
  const valueOf = (name: string) => trailers.find(([key]) => key === name)?.[1];
  const pushback = valueOf("grpc-retry-pushback-ms");
  if (typeof pushback === "string" && WHOLE.test(pushback.trim())) return after_ms(Number(pushback));
  const details = valueOf("grpc-status-details-bin");
  const delay_ms = details instanceof Uint8Array ? retryDelay_ms(details) : NaN;
  if (delay_ms >= 0) return after_ms(delay_ms);
  return retryAfterOfHttp(trailers.flatMap(([key, value]) => typeof value === "string" ? [[key, value] as const] : []));
}

/** Milliseconds; NaN where the details are unreadable or hold no delay. */
function retryDelay_ms(details: Uint8Array): number {
  try {
    const delay = detailOf(RpcStatus.decode(details), "RetryInfo")?.retry_delay ?? null;
    return delay === null ? NaN : delay.seconds * 1000 + delay.nanos / 1e6;
  } catch {
    return NaN;
  }
}

function after_ms(ms: number): RetryAfter {
  return ms > 0 ? { retry_after_us: ms * 1000 } : UNSAID;
}
