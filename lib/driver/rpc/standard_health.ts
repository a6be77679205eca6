/** Health checks over an open channel, and gRPC's standard health service. */
import { errorText } from "../../base/errors.ts";
import * as standard from "../../../proto/health.ts";
import type { Channel, Metadata, Status } from "../../transport/channel.ts";
import { StatusCode, statusName } from "../../transport/status.ts";
import type { Health, Operation } from "../driver.ts";
import { type Task, unaryOperation } from "./task.ts";
import { refusedHealth } from "../core/access.ts";
import { failureType, type Fault, semantic } from "../core/outcome.ts";
import type { Reply } from "../core/reply.ts";
import { oneLine } from "../core/text.ts";

/** How one unary call ended. */
export interface Answer {
  status: Status;
  message: Uint8Array | null;
}

/** Whether a gRPC server says that it has no such method. Where no gRPC server answers, HTTP 404 has the same code. */
export function lacksMethod({ code, foreign }: Status): boolean {
  return code === StatusCode.UNIMPLEMENTED && foreign !== true;
}

/** Sends one unary request. */
export type AskOnce = (path: string, request: Uint8Array) => Promise<Answer>;

/**
 * Sends unary requests over a channel. Never rejects because of an answer of the server.
 * @param timeout_ms deadline of each request
 */
export function askOver(channel: Channel, metadata: Metadata, timeout_ms: number): AskOnce {
  return (path, request) =>
    new Promise((resolve) => {
      let message: Uint8Array | null = null;
      channel.method({ path, request_stream: false, reply_stream: false, metadata }).start(request, timeout_ms, {
        sent() {},
        // `slice` of a Buffer would be a view, and its bytes are soon overwritten.
        message: (bytes) => void (message = new Uint8Array(bytes)),
        end: (status) => resolve({ status, message }),
      });
    });
}

/**
 * Asks the standard health service, first about the named service, then about the whole server.
 * @param name full name of the service
 * @param preface put before the standard service's answer
 */
export async function checkStandardHealth(ask: AskOnce, name: string, preface = ""): Promise<Health> {
  const path = standard.PATHS.check;
  let answer = await ask(path, standard.HealthCheckRequest.encode({ service: name }));
  if (answer.status.code === StatusCode.NOT_FOUND) {
    answer = await ask(path, standard.HealthCheckRequest.encode({ service: "" }));
  }
  if (lacksMethod(answer.status) || answer.status.code === StatusCode.NOT_FOUND) {
    return { state: "connected", asked: path.slice(1), details: "it has no health method" };
  }
  return healthFrom(path, answer, (bytes) => {
    const { status } = standard.HealthCheckResponse.decode(bytes);
    const word = Object.entries(standard.ServingStatus).find(([, value]) => value === status)?.[0] ?? String(status);
    const details = `${preface}grpc.health.v1 says ${word}`;
    if (status === standard.ServingStatus.SERVING) return { state: "serving", details };
    return { state: status === standard.ServingStatus.NOT_SERVING ? "unhealthy" : "connected", details };
  });
}

/** What a failed check of a class means; for other classes the preflight's message is enough. */
const MEANINGS: Readonly<Record<string, Pick<Health, "state" | "remedy">>> = {
  UNAUTHENTICATED: refusedHealth("unknown_key", "metadata"),
  PERMISSION_DENIED: refusedHealth("forbidden", "metadata"),
  RESOURCE_EXHAUSTED: {
    state: "failed",
    remedy: "Wait until the service accepts calls again; it limits their rate",
  },
  UNAVAILABLE: {
    state: "failed",
    remedy: "Wait until the service has started and loaded its models, or look at its log",
  },
};

const FOREIGN_REMEDY =
  "Check the port: what listens there speaks HTTP/2 but not gRPC; many services serve HTTP and gRPC on different ports";

/** The health of a service whose answer is a failure. */
function failedHealth({ code, details, foreign }: Status): Pick<Health, "state" | "details" | "remedy"> {
  if (foreign === true) {
    const { remedy = FOREIGN_REMEDY } = code === StatusCode.PERMISSION_DENIED ? {} : MEANINGS[statusName(code)] ?? {};
    return { state: "failed", details: oneLine(details), remedy };
  }
  const words = oneLine([statusName(code), details].filter((word) => word !== "").join(": "));
  return { ...MEANINGS[failureType(code, details)] ?? { state: "failed" }, details: words };
}

/**
 * Turns the answer to a health check into health.
 * @param read reads the reply of an OK answer; may throw for another message
 */
export function healthFrom(
  path: string,
  { status, message }: Answer,
  read: (bytes: Uint8Array) => Pick<Health, "state" | "details" | "remedy">,
): Health {
  const asked = path.slice(1);
  const which = path === standard.PATHS.check ? { asked, standard: true } : { asked };
  if (status.code !== StatusCode.OK || message === null) {
    return { ...which, ...failedHealth(status) };
  }
  try {
    return { ...which, ...read(message) };
  } catch (error) {
    const why = errorText(error);
    return { state: "failed", ...which, details: oneLine(`Cannot decode the reply: ${why}`) };
  }
}

/** A health check under load. */
export interface HealthQuestion {
  path: string;
  request: Uint8Array;
  /**
   * Whether the reply says that the service is healthy.
   * @throws {Error} when the bytes are not such a reply
   */
  healthy(bytes: Uint8Array): boolean;
}

/** Asks the standard service about the whole server, which every server with that service supports. */
export const STANDARD_QUESTION: HealthQuestion = {
  path: standard.PATHS.check,
  request: standard.HealthCheckRequest.encode({ service: "" }),
  healthy: (bytes) => standard.HealthCheckResponse.decode(bytes).status === standard.ServingStatus.SERVING,
};

/** An operation that checks a service's health. */
export function healthOperation(task: Task, question: HealthQuestion): Operation {
  const ask = { request: question.request, reply: () => new HealthReply(question) };
  return unaryOperation(task, question.path, { pick: () => ask });
}

/** Reads a health response; "not healthy" is a failure under load. */
class HealthReply implements Reply {
  #healthy = false;

  constructor(readonly question: HealthQuestion) {}

  read(bytes: Uint8Array): number {
    this.#healthy = this.question.healthy(bytes);
    return 0;
  }

  judge(): Fault | null {
    return this.#healthy ? null : semantic("unhealthy", "Status OK, but the service says that it is not healthy");
  }
}
