/** Turns a gRPC status into the outcome that the run counts. */
import { errorText } from "../../base/errors.ts";
import { STATUS_NAMES, StatusCode, statusName } from "../../transport/status.ts";
import type { Status } from "../../transport/channel.ts";
import type { OperationEnd } from "../driver.ts";
import { retryAfterOfGrpc } from "./retry_after.ts";

/** A reply that is a failure although its status is OK. */
export interface Fault {
  /** Class: `semantic:<what>`, or a status name for a reply that could not be read. */
  type: string;
  /** gRPC status code to count it under; 0 where the status was OK. */
  code: number;
  /** What was wrong, without names or ids, so that reports can group equal failures. */
  details: string;
}

/** How an operation ended, less its byte counts. */
export type Ending = Omit<OperationEnd, "sent_bytes" | "received_bytes">;

/** A fault of content under an OK status. */
export function semantic(what: string, details: string): Fault {
  return { type: `semantic:${what}`, code: StatusCode.OK, details };
}

/** The fault of a reply whose bytes are not the message they should be. */
export function undecodable(error: unknown): Fault {
  return { type: "INTERNAL", code: StatusCode.INTERNAL, details: `Cannot decode a reply: ${errorText(error)}` };
}

/** The ending of a call with a faulty reply. */
export function faultEnding(fault: Fault): Ending {
  return { outcome: "failed", ...fault };
}

/** The ending of a call from its status alone. */
export function statusEnding(status: Status): Ending {
  const { code, details } = status;
  if (code === StatusCode.OK) return { outcome: "ok", code, type: "", details: "" };
  if (status.origin === "cancel") return { outcome: "cancelled", code, type: statusName(code), details };
  const outcome = code === StatusCode.DEADLINE_EXCEEDED ? "timed_out" : "failed";
  const ending: Ending = { outcome, code, type: failureType(code, details), details };
  return isRefusal(ending, status) ? { ...ending, refused: true, ...retryAfterOfGrpc(status.trailers) } : ending;
}

/** The statuses of a service that takes no more calls, and of a connection that is lost or cannot be opened. */
const REFUSALS: ReadonlySet<string> = new Set(["UNAVAILABLE", "RESOURCE_EXHAUSTED"]);

/** A reply that is too long for us is no refusal, though it has the code of one. */
function isRefusal({ outcome, type }: Ending, { origin }: Status): boolean {
  if (outcome !== "failed" || origin === "local") return false;
  return origin === "connection" || REFUSALS.has(type);
}

/**
 * The class of a failed status: its name, but for UNKNOWN the status its details name. June's rate limiter and
 * authentication raise inside a Python interceptor, and gRPC then sends UNKNOWN with `StatusCode.RESOURCE_EXHAUSTED` or
 * the like in the text. Nothing else carries that status, so this is the one place that interprets a server's text.
 */
export function failureType(code: number, details: string): string {
  if (code !== StatusCode.UNKNOWN) return statusName(code);
  const raised = /StatusCode\.([A-Z_]+)/.exec(details)?.[1];
  const known = STATUS_NAMES.find((name) => name === raised && name !== "OK");
  return known ?? statusName(code);
}
