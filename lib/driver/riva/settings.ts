/** What a plan says of a Riva service. */
import type { ServicePlan } from "../../plan/plan.ts";
import type { RivaSettings } from "../../plan/protocols.ts";

/** June's name for the voice a server chooses itself, which Riva asks for with no name. */
const SERVERS_CHOICE = "default";

/**
 * The settings of a service that speaks Riva.
 * @throws {TypeError} for another service, which the plan's decoder rules out
 */
export function rivaSettings({ name, settings }: ServicePlan): RivaSettings {
  if (settings?.protocol !== "riva") throw new TypeError(`Service ${name} has no settings for Riva`);
  return settings;
}

/** The voice to ask for; empty: the server's choice. */
export function rivaVoice(voice: string): string {
  return voice === SERVERS_CHOICE ? "" : voice;
}
