/** Checks a Riva service before load: the standard health service, then its models, languages and voices. */
import * as asr from "../../../proto/riva_asr.ts";
import * as tts from "../../../proto/riva_tts.ts";
import type { ServicePlan } from "../../plan/plan.ts";
import type { RivaSettings } from "../../plan/protocols.ts";
import type { Channel } from "../../transport/channel.ts";
import type { Health } from "../driver.ts";
import { SAMPLE_RATE } from "../inputs/inputs.ts";
import { serviceMetadata } from "../rpc/metadata.ts";
import { type AskOnce, askOver, checkStandardHealth, healthFrom, lacksMethod } from "../rpc/standard_health.ts";
import { oneLine } from "../core/text.ts";
import { rivaSettings, rivaVoice } from "./settings.ts";

/** How to request the models of one kind of service. */
interface Catalogue {
  service: string;
  path: string;
  request: Uint8Array;
  decode(bytes: Uint8Array): asr.ConfigResponse;
}

const CATALOGUES: Record<"stt" | "tts", Catalogue> = {
  stt: {
    service: asr.SERVICE,
    path: asr.PATHS.getConfig,
    request: asr.ConfigRequest.encode({}),
    decode: (bytes) => asr.ConfigResponse.decode(bytes),
  },
  tts: {
    service: tts.SERVICE,
    path: tts.PATHS.getConfig,
    request: tts.ConfigRequest.encode({}),
    decode: (bytes) => tts.ConfigResponse.decode(bytes),
  },
};

/** What the plan needs; empty where the server chooses. */
interface Wanted {
  model: string;
  language: string;
  voice: string;
  rate_hz: number;
}

/**
 * Checks a service's health over an open channel. Never rejects because of an answer of the server.
 * @param timeout_ms deadline of each request; there are at most three
 */
export async function checkRivaHealth(service: ServicePlan, channel: Channel, timeout_ms: number): Promise<Health> {
  const { options } = service;
  if (options.kind !== "stt" && options.kind !== "tts") throw new TypeError(`Riva has no ${options.kind} service`);
  const wanted = wantedOf(rivaSettings(service), options.kind === "tts" ? options.voice : null);
  const catalogue = CATALOGUES[options.kind];
  const ask = askOver(channel, serviceMetadata(service), timeout_ms);
  const standing = await checkStandardHealth(ask, catalogue.service);
  if (standing.state === "unhealthy") {
    return {
      ...standing,
      details: `${standing.details}; Riva reports this while its models load, which takes minutes`,
    };
  }
  return standing.state === "failed" ? standing : await checkCatalogue(ask, catalogue, wanted, standing);
}

function wantedOf({ model, language_code, sample_rate_hz }: RivaSettings, voice: string | null): Wanted {
  // Only speech recognition requests name a model.
  if (voice === null) return { model, language: language_code, voice: "", rate_hz: SAMPLE_RATE };
  return { model: "", language: language_code, voice: rivaVoice(voice), rate_hz: sample_rate_hz };
}

async function checkCatalogue(ask: AskOnce, catalogue: Catalogue, wanted: Wanted, standing: Health): Promise<Health> {
  const answer = await ask(catalogue.path, catalogue.request);
  if (lacksMethod(answer.status)) return standing;
  return healthFrom(catalogue.path, answer, (bytes) => {
    const found = findModels(catalogue.decode(bytes).model_config, wanted);
    if (found.kind !== "models") return { state: "failed", details: found.details, remedy: REMEDIES[found.kind] };
    return { state: "serving", details: oneLine(describe(found.models, wanted)) };
  });
}

/** Splits a list at commas, without blanks and empty entries: so Riva lists languages or voices of one model. */
function listOf(parameter: string | undefined): string[] {
  return (parameter ?? "").split(",").map((entry) => entry.trim()).filter((entry) => entry !== "");
}

const languagesOf = ({ parameters }: asr.ModelConfig): string[] => listOf(parameters["language_code"]);

/** The language that models with language detection list instead of all languages. */
const ANY_LANGUAGE = "multi";

/** Names of voices in requests: `<voice_name>.<subvoice>`, or the voice alone. */
function voicesOf({ parameters }: asr.ModelConfig): string[] {
  const { voice_name = "", subvoices } = parameters;
  const names = listOf(subvoices).map((entry) => `${voice_name}.${entry.split(":", 1)[0]}`);
  return voice_name === "" ? names : [voice_name, ...names];
}

/** The models that have all that the plan needs, or what is missing. */
type Found =
  | { kind: "models"; models: asr.ModelConfig[] }
  /** The server has no model at all, or none with something that the plan needs. */
  | { kind: "empty" | "unfit"; details: string };

function findModels(models: readonly asr.ModelConfig[], wanted: Wanted): Found {
  if (models.length === 0) return { kind: "empty", details: "it has no model" };
  const steps: [what: string, name: string, have: (model: asr.ModelConfig) => string[]][] = [
    ["model", wanted.model, ({ model_name }) => [model_name]],
    ["language", wanted.language, languagesOf],
    ["voice", wanted.voice, voicesOf],
  ];
  let left = [...models];
  for (const [what, name, have] of steps) {
    // If no model reports this property, its absence proves nothing.
    if (name === "" || left.every((model) => have(model).length === 0)) continue;
    const fits = (one: string) =>
      one.toLowerCase() === name.toLowerCase() || (what === "language" && one === ANY_LANGUAGE);
    const fit = left.filter((model) => have(model).some(fits));
    if (fit.length === 0) {
      return { kind: "unfit", details: oneLine(`it has no ${what} "${name}"; it has ${few(left.flatMap(have))}`) };
    }
    left = fit;
  }
  return { kind: "models", models: left };
}

/** Most names shown of a list; more are only counted. */
const MAX_NAMES = 6;

function few(names: readonly string[]): string {
  const all = [...new Set(names)];
  const more = all.length > MAX_NAMES ? ` and ${all.length - MAX_NAMES} more` : "";
  return all.slice(0, MAX_NAMES).join(", ") + more;
}

const REMEDIES: Readonly<Record<Exclude<Found["kind"], "models">, string>> = {
  empty: "Look at the service's log: no model was deployed, or none is loaded yet",
  unfit: "Use one of those in the scenario, or deploy the missing one",
};

function describe(models: readonly asr.ModelConfig[], { rate_hz }: Wanted): string {
  const names = models.map(({ model_name, parameters: { type = "" } }) =>
    type ? `${model_name} (${type})` : model_name
  );
  const languages = models.flatMap(languagesOf);
  const rates = models.flatMap(({ parameters }) => listOf(parameters["sample_rate"]));
  const fits = rates.includes(String(rate_hz));
  return [
    `model${models.length === 1 ? "" : "s"} ${few(names)}`,
    ...(languages.length === 0 ? [] : [`language ${few(languages)}`]),
    ...(rates.length === 0 ? [] : [fits ? `${rate_hz} Hz` : `works at ${few(rates)} Hz, resamples for ${rate_hz} Hz`]),
  ].join(", ");
}
