/** The models that the simulated Riva services list. */
import type { Codec } from "../../../proto/codec.ts";
import type { ConfigRequest, ConfigResponse, ModelConfig } from "../../../proto/riva_asr.ts";
import { StatusCode } from "../../transport/status.ts";
import { oneRequest } from "../call/handlers.ts";
import type { ServiceContext } from "../call/job.ts";
import type { MethodTable } from "../server/server.ts";

/** Languages of every model; BCP-47. */
export const RIVA_LANGUAGES: readonly string[] = ["en-US", "en-GB", "de-DE", "es-US", "fr-FR"];

/** The message for a language without a model; null: there is one, or the server chooses. */
export function unknownLanguage(languageCode: string): string | null {
  if (languageCode === "" || RIVA_LANGUAGES.includes(languageCode)) return null;
  return `there is no model for the language "${languageCode}"; there are ${RIVA_LANGUAGES.join(", ")}`;
}

/** The codecs of a catalogue's rpc, which have the same shape in both services. */
interface CatalogueCodecs {
  ConfigRequest: Codec<ConfigRequest>;
  ConfigResponse: Codec<ConfigResponse>;
}

/** Adds the rpc that lists models; faults of calls do not affect it. */
export function registerCatalogue(
  server: MethodTable,
  context: ServiceContext,
  path: string,
  codecs: CatalogueCodecs,
  models: readonly ModelConfig[],
): void {
  const serve = oneRequest(context, codecs.ConfigRequest, (job, { model_name }) => {
    const found = models.filter((model) => model_name === "" || model.model_name === model_name);
    if (found.length === 0) return job.end(StatusCode.NOT_FOUND, `there is no model "${model_name}"`);
    job.step(0, () => job.reply(codecs.ConfigResponse.encode({ model_config: found })));
  }, { kind: "normal" });
  server.handle(path, serve);
}
