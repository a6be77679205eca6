/** Who makes gRPC calls, and what all calls of a method share. */
import type { MethodSpec } from "../channel.ts";
import type { RequestHead } from "./grpc/request_head.ts";

/** What a call needs from its channel. */
export interface CallListener<Call> {
  readonly max_message_bytes: number;
  /** Whether a call that was provably not processed is retried. */
  readonly transparentRetry: boolean;
  /** Why there is no connection; empty: there is one, or none has failed. */
  readonly lack: string;
  /** The call has ended, waiting or on a connection. */
  ended(call: Call): void;
  /**
   * The call was provably not processed: retries it on another connection.
   * @returns false when it may not be retried
   */
  move(call: Call): boolean;
}

/** A method with the parts that all its calls share. */
export interface PreparedMethod {
  readonly spec: MethodSpec;
  readonly head: RequestHead;
}
