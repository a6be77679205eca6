/** The health of a service before load: June's HealthCheck, else grpc.health.v1, else that it can be reached. */
import * as standard from "../../../proto/health.ts";
import type { ServicePlan } from "../../plan/plan.ts";
import type { Channel, Metadata, Status } from "../../transport/channel.ts";
import { StatusCode, statusName } from "../../transport/status.ts";
import type { Health } from "../driver.ts";
import { serviceMetadata } from "../metadata.ts";
import { oneLine } from "../text.ts";
import { HEALTH_RPCS } from "./health.ts";

/** How one unary call ended. */
interface Answer {
  status: Status;
  message: Uint8Array | null;
}

/** Asks one question. */
type AskOnce = (path: string, request: Uint8Array) => Promise<Answer>;

/**
 * Asks a service's health over an open channel; never rejects for what the server answers.
 * @param timeout_ms deadline of each question; at most three are asked
 */
export async function checkJuneHealth(service: ServicePlan, channel: Channel, timeout_ms: number): Promise<Health> {
  const ask = askOver(channel, serviceMetadata(service), timeout_ms);
  const { kind } = service;
  if (kind === "call") throw new TypeError(`Service ${service.name} is none of June's`);
  const rpc = HEALTH_RPCS[kind];
  const answer = await ask(rpc.path, rpc.request);
  if (answer.status.code === StatusCode.UNIMPLEMENTED) return await checkStandard(ask, rpc.service);
  return judge(rpc.path, answer, (bytes) => {
    const { healthy, details } = rpc.decode(bytes);
    return { state: healthy ? "serving" : "unhealthy", details };
  });
}

/** The standard service, first by the service's name, then for the server as a whole. */
async function checkStandard(ask: AskOnce, name: string): Promise<Health> {
  const path = standard.PATHS.check;
  let answer = await ask(path, standard.HealthCheckRequest.encode({ service: name }));
  if (answer.status.code === StatusCode.NOT_FOUND) {
    answer = await ask(path, standard.HealthCheckRequest.encode({ service: "" }));
  }
  const { code } = answer.status;
  if (code === StatusCode.UNIMPLEMENTED || code === StatusCode.NOT_FOUND) {
    return { state: "connected", asked: path.slice(1), details: "it has no health method" };
  }
  return judge(path, answer, (bytes) => {
    const { status } = standard.HealthCheckResponse.decode(bytes);
    const word = Object.entries(standard.ServingStatus).find(([, value]) => value === status)?.[0] ?? String(status);
    const details = `no HealthCheck of its own, grpc.health.v1 says ${word}`;
    if (status === standard.ServingStatus.SERVING) return { state: "serving", details };
    return { state: status === standard.ServingStatus.NOT_SERVING ? "unhealthy" : "connected", details };
  });
}

/** Turns an answer to a health question into health. */
function judge(
  path: string,
  { status, message }: Answer,
  read: (bytes: Uint8Array) => Pick<Health, "state" | "details">,
): Health {
  const asked = path.slice(1);
  if (status.code !== StatusCode.OK || message === null) {
    const details = [statusName(status.code), status.details].filter((word) => word !== "").join(": ");
    return { state: "failed", asked, details: oneLine(details) };
  }
  try {
    return { asked, ...read(message) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { state: "failed", asked, details: oneLine(`Cannot decode the reply: ${why}`) };
  }
}

function askOver(channel: Channel, metadata: Metadata, timeout_ms: number): AskOnce {
  return (path, request) =>
    new Promise((resolve) => {
      let message: Uint8Array | null = null;
      channel.method({ path, request_stream: false, reply_stream: false, metadata }).start(request, timeout_ms, {
        sent() {},
        // `slice` of a Buffer would be a view of bytes that are soon overwritten.
        message: (bytes) => void (message = new Uint8Array(bytes)),
        end: (status) => resolve({ status, message }),
      });
    });
}
