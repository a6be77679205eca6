/** Maps HTTP statuses and reset codes to gRPC statuses. Sources: gRPC's http-grpc-status-mapping and PROTOCOL-HTTP2. */
import { StatusCode } from "../../status.ts";
import { ErrorCode } from "../frames.ts";

/** The gRPC status of a reply without grpc-status, by its HTTP status. */
export function statusOfHttp(httpStatus: number): number {
  switch (httpStatus) {
    case 400:
    case 431:
      return StatusCode.INTERNAL;
    case 401:
      return StatusCode.UNAUTHENTICATED;
    case 403:
      return StatusCode.PERMISSION_DENIED;
    case 404:
      return StatusCode.UNIMPLEMENTED;
    case 429:
    case 502:
    case 503:
    case 504:
      return StatusCode.UNAVAILABLE;
    default:
      return StatusCode.UNKNOWN;
  }
}

/** The gRPC status of a stream that the peer reset, by the error code. */
export function statusOfReset(code: number): number {
  switch (code) {
    case ErrorCode.STREAM_CLOSED:
    case ErrorCode.HTTP_1_1_REQUIRED:
      return StatusCode.UNKNOWN;
    case ErrorCode.REFUSED_STREAM:
      return StatusCode.UNAVAILABLE;
    case ErrorCode.CANCEL:
      return StatusCode.CANCELLED;
    case ErrorCode.ENHANCE_YOUR_CALM:
      return StatusCode.RESOURCE_EXHAUSTED;
    case ErrorCode.INADEQUATE_SECURITY:
      return StatusCode.PERMISSION_DENIED;
    default:
      return StatusCode.INTERNAL;
  }
}
