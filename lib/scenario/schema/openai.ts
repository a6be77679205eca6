/** Keys that all services with OpenAI's interface have. */
import type { OpenAiSettings } from "../../plan/protocols.ts";
import { keyPattern, list, mapOf } from "../shape/containers.ts";
import type { Endpoint } from "../shape/endpoint.ts";
import { anyValue } from "../shape/json_value.ts";
import { pattern } from "../shape/scalars.ts";
import { type Context, type Decoded, maybe, type Setting } from "../shape/shape.ts";
import { OVER_HTTP, queryOf } from "./common.ts";

const FIELD = "^[A-Za-z_][A-Za-z0-9_]{0,63}$";
const FIELD_NAMES = keyPattern("field", FIELD, "a name of letters, digits and _");

/** Keys of requests' bodies; `example` shows the first. */
export const moreFields = (example: { [field: string]: string | number | boolean }) => ({
  extra: maybe(
    mapOf(FIELD_NAMES, anyValue),
    "none",
    "More fields of the request, or other values of those that june-load sends. Null takes away a field of june-load's.",
    example,
  ),
  without: maybe(
    list(pattern(FIELD, "a name of letters, digits and _"), { min: 1, max: 50 }),
    "none",
    "Fields that june-load would send and the server does not take.",
    ["stream_options"],
  ),
});

const MORE = moreFields({});

/** What the settings are made of. */
type Given = Pick<Decoded<typeof OVER_HTTP>, "http"> & Decoded<typeof MORE> & {
  host: Setting<Endpoint>;
  model: Setting<string>;
};

/** Paths of single methods: a service is given by what they have in common. */
const METHOD = /\/(?:chat\/completions|completions|embeddings|audio\/(?:speech|transcriptions)|models)$/;

/** The settings of a service, as far as all kinds share them. */
export function openaiOf(given: Given, context: Context): OpenAiSettings {
  const { host, extra, without } = given;
  const [method] = METHOD.exec(host.value.path) ?? [];
  if (method !== undefined) {
    const base = host.value.path.slice(0, -method.length);
    const text = `The address ends in "${method}", the path of one method, which june-load adds itself: end it with ` +
      `"${base === "" ? "/v1" : base}"`;
    context.problems.add(host.at, host.path, text);
  }
  return {
    protocol: "openai",
    base_path: host.value.path || "/v1",
    ...queryOf(host.value),
    http_version: given.http.value,
    model: given.model.value,
    limit_field: "max_tokens",
    extra: Object.fromEntries((extra.value ?? []).map(({ key, value }) => [key, value])),
    ...(without.value !== null && { without: without.value.map(({ value }) => value) }),
    audio_format: "pcm",
    sample_rate_hz: 24_000,
  };
}
