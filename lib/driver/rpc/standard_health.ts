/** Health checks over an open channel, and gRPC's standard health service. */
import { errorText } from "../../base/errors.ts";
import * as standard from "../../../proto/health.ts";
import type { Channel, Metadata, Status } from "../../transport/channel.ts";
import { StatusCode, statusName } from "../../transport/status.ts";
import type { Health, Operation } from "../driver.ts";
import { type Task, unaryOperation } from "./task.ts";
import { type Fault, semantic } from "../core/outcome.ts";
import type { Reply } from "../core/reply.ts";
import { oneLine } from "../core/text.ts";

/** How one unary call ended. */
export interface Answer {
  status: Status;
  message: Uint8Array | null;
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
  const { code } = answer.status;
  if (code === StatusCode.UNIMPLEMENTED || code === StatusCode.NOT_FOUND) {
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

/** What to do about a status; for other statuses the preflight's message is enough. */
const REMEDIES: Readonly<Record<number, string>> = {
  [StatusCode.UNAUTHENTICATED]: "Give the service its token: `auth`, or `authorization` under `metadata`",
  [StatusCode.PERMISSION_DENIED]: "Give the service a token that may call it",
  [StatusCode.RESOURCE_EXHAUSTED]: "Wait until the service accepts calls again; it limits their rate",
  [StatusCode.UNAVAILABLE]: "Wait until the service has started and loaded its models, or look at its log",
};

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
    const details = [statusName(status.code), status.details].filter((word) => word !== "").join(": ");
    const remedy = REMEDIES[status.code];
    return {
      state: "failed",
      ...which,
      details: oneLine(details),
      ...(remedy !== undefined && { remedy }),
    };
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
