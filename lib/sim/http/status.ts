/** Converts a service's status to an HTTP error. */
import { StatusCode } from "../../transport/status.ts";
import type { SimClock } from "../model/clock.ts";
import { BackendError } from "./backend.ts";

/** Status and headers of an answer that is an error. */
export interface HttpRefusal {
  status: number;
  headers: Record<string, string>;
  /** Message for the client. */
  message: string;
}

/** HTTP's status for gRPC's. Source: the table of google.rpc.Code. */
const STATUSES: Record<number, number> = {
  [StatusCode.INVALID_ARGUMENT]: 400,
  [StatusCode.FAILED_PRECONDITION]: 400,
  [StatusCode.OUT_OF_RANGE]: 400,
  [StatusCode.UNAUTHENTICATED]: 401,
  [StatusCode.PERMISSION_DENIED]: 403,
  [StatusCode.NOT_FOUND]: 404,
  [StatusCode.ALREADY_EXISTS]: 409,
  [StatusCode.ABORTED]: 409,
  [StatusCode.UNIMPLEMENTED]: 501,
  [StatusCode.UNAVAILABLE]: 503,
  [StatusCode.DEADLINE_EXCEEDED]: 504,
};

/** Seconds after which a client may try again when the queue was full. */
const QUEUE_RETRY_S = 1;
const MINUTE_MS = 60_000;

/**
 * The HTTP error for a service's error. A rate limit counts whole minutes, so its client may retry when the minute
 * ends.
 */
export function refusalOf({ code, message }: BackendError, clock: SimClock): HttpRefusal {
  if (message.includes("Rate limit exceeded")) {
    const left_s = Math.ceil((MINUTE_MS - (clock.now_ms() % MINUTE_MS)) / 1000);
    return { status: 429, headers: { "retry-after": String(left_s) }, message: "Rate limit exceeded" };
  }
  if (code === StatusCode.RESOURCE_EXHAUSTED) {
    return { status: 503, headers: { "retry-after": String(QUEUE_RETRY_S) }, message };
  }
  return { status: STATUSES[code] ?? 500, headers: {}, message };
}
