/**
 * Checks the health of a service before load: June's HealthCheck, else grpc.health.v1, else that it accepts a
 * connection.
 */
import type { ServicePlan } from "../../plan/plan.ts";
import type { Channel } from "../../transport/channel.ts";
import type { Health } from "../driver.ts";
import { serviceMetadata } from "../rpc/metadata.ts";
import { askOver, checkStandardHealth, healthFrom, lacksMethod } from "../rpc/standard_health.ts";
import { missingVoice } from "../speech/voices.ts";
import { DEFAULT_VOICE, HEALTH_RPCS } from "./health.ts";

/**
 * Checks a service's health over an open channel. Never rejects because of an answer of the server.
 * @param timeout_ms deadline of each request; there are at most three
 */
export async function checkJuneHealth(service: ServicePlan, channel: Channel, timeout_ms: number): Promise<Health> {
  const ask = askOver(channel, serviceMetadata(service), timeout_ms);
  const { kind } = service;
  if (kind === "call") throw new TypeError(`Service ${service.name} is not one of June's`);
  const rpc = HEALTH_RPCS[kind];
  const answer = await ask(rpc.path, rpc.request);
  if (lacksMethod(answer.status)) {
    return await checkStandardHealth(ask, rpc.service, "no HealthCheck of its own, ");
  }
  return healthFrom(rpc.path, answer, (bytes) => {
    const { healthy, details, voices } = rpc.decode(bytes);
    if (!healthy) return { state: "unhealthy", details };
    return missingVoice(voiceOf(service), voices) ?? { state: "serving", details };
  });
}

/** The voice that the scenario asks for by name, or null. */
function voiceOf({ options }: ServicePlan): string | null {
  return options.kind === "tts" && options.voice !== DEFAULT_VOICE ? options.voice : null;
}
