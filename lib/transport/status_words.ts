/** What a status says where its message is empty. */
import { RpcStatus, wordsOf } from "../../proto/rpc_status.ts";
import type { Status } from "./channel.ts";
import { StatusCode } from "./status.ts";

/** The trailer that holds a `google.rpc.Status`. */
const DETAILS_KEY = "grpc-status-details-bin";

/**
 * A status whose message is empty, with the words of its `grpc-status-details-bin`; any other status as it is.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const bytes = new Uint8Array([8, 8, 18, 4, 102, 117, 108, 108]); // code 8, message "full"
 * const status = { code: 8, details: "", origin: "server", trailers: [["grpc-status-details-bin", bytes]] } as const;
 * assert.equal(withWords(status).details, "full");
 * ```
 */
export function withWords(status: Status): Status {
  if (status.details !== "" || status.code === StatusCode.OK) return status;
  const packed = status.trailers.find(([key]) => key === DETAILS_KEY)?.[1];
  if (!(packed instanceof Uint8Array)) return status;
  try {
    return { ...status, details: wordsOf(RpcStatus.decode(packed)) };
  } catch {
    // What is not a google.rpc.Status says nothing.
    return status;
  }
}
