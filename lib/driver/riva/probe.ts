/** What `init` reads from Riva's services. */
import * as asr from "../../../proto/riva_asr.ts";
import * as tts from "../../../proto/riva_tts.ts";
import type { ServicePlan } from "../../plan/plan.ts";
import { namesComment, type ProbeLines, quoted } from "../core/probe.ts";
import { askOnce, probeOverGrpc } from "../rpc/probe.ts";

/**
 * Language, models or voices of Riva's speech recognition or synthesis.
 * @throws {ConnectError} for a server that cannot be reached
 */
export function probeRiva(service: ServicePlan): Promise<ProbeLines> {
  return service.kind === "tts" ? probeTts(service) : probeAsr(service);
}

const listOf = (parameter: string | undefined): string[] =>
  (parameter ?? "").split(",").map((word) => word.trim()).filter((word) => word !== "");

/** The language for the scenario: English if the service has it. */
function languageLine(models: readonly asr.ModelConfig[]): string[] {
  const all = [...new Set(models.flatMap(({ parameters }) => listOf(parameters["language_code"])))];
  const languages = all.filter((language) => language !== "multi");
  const chosen = languages.find((language) => language === "en-US") ?? languages[0] ?? "en-US";
  return [`language: ${quoted(chosen)}${namesComment("also there", all.filter((language) => language !== chosen))}`];
}

/** Language and models of Riva's speech recognition. */
function probeAsr(service: ServicePlan): Promise<ProbeLines> {
  return probeOverGrpc(service, async (ask) => {
    const config = await askOnce(
      ask,
      asr.PATHS.getConfig,
      asr.ConfigRequest.encode({}),
      (bytes) => asr.ConfigResponse.decode(bytes),
    );
    if (config === null) return null;
    const models = config.model_config.map(({ model_name, parameters: { type = "" } }) =>
      type === "" ? model_name : `${model_name} (${type})`
    );
    return [...languageLine(config.model_config), `model: ""${namesComment("the server chooses among", models)}`];
  });
}

/** Language, voice and sample rate of Riva's speech synthesis. */
function probeTts(service: ServicePlan): Promise<ProbeLines> {
  return probeOverGrpc(service, async (ask) => {
    const config = await askOnce(
      ask,
      tts.PATHS.getConfig,
      tts.ConfigRequest.encode({}),
      (bytes) => tts.ConfigResponse.decode(bytes),
    );
    if (config === null) return null;
    const voices = config.model_config.flatMap(({ parameters: { voice_name = "", subvoices } }) => {
      const named = listOf(subvoices).map((entry) => `${voice_name}.${entry.split(":", 1)[0]}`);
      return named.length > 0 || voice_name === "" ? named : [voice_name];
    });
    const rate = Number(config.model_config.map(({ parameters }) => listOf(parameters["sample_rate"])[0])[0]);
    return [
      ...languageLine(config.model_config),
      `voice: default${namesComment("the server chooses; there are", voices)}`,
      ...(Number.isInteger(rate) && rate >= 8000 && rate <= 48_000 ? [`sample_rate: ${rate}`] : []),
    ];
  });
}
