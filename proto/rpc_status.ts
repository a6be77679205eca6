/** Messages of rpc_status.proto. */
import text from "./rpc_status.proto" with { type: "text" };
import { type Codec, parseProto } from "./codec.ts";

const schema = parseProto(text, "google.rpc");

/** `type_url` of a `RetryInfo` in `Status.details`. */
export const RETRY_INFO_TYPE = "type.googleapis.com/google.rpc.RetryInfo";

/** A status with details. */
export interface Status {
  code: number;
  message: string;
  details: { type_url: string; value: Uint8Array }[];
}

/** How long a caller should wait before it tries again; null: it does not say. */
export interface RetryInfo {
  retry_delay: { seconds: number; nanos: number } | null;
}

/** Codec of `Status`. */
export const Status: Codec<Status> = schema.message("Status");
/** Codec of `RetryInfo`. */
export const RetryInfo: Codec<RetryInfo> = schema.message("RetryInfo");
