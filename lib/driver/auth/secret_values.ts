/** The values of a service's plan that servers may quote and june-load must not show. */
import { redactService, type ServicePlan } from "../../plan/plan.ts";
import { HIDDEN } from "../../plan/redact.ts";
import type { Json, MultipartPart, ProtocolSettings, RestExchange } from "../../plan/protocols.ts";
import { isTemplate, parseTemplate } from "../../plan/template.ts";
import type { ValueKind } from "../../plan/secret/quotes.ts";
import { isCommon, isSecretName } from "../../plan/secret/telling.ts";

/** One value. */
export interface SecretValue {
  readonly kind: ValueKind;
  readonly value: string;
  /** Data of requests, which inputs and transcripts may repeat. */
  readonly request: boolean;
}

/** Schemes before a secret in a header, and headers that only describe the content. */
const SCHEME = /^(bearer|basic|token|digest)\s+/i;
const PLAIN_HEADERS: ReadonlySet<string> = new Set(["accept", "accept-language", "content-type", "user-agent", "te"]);
/** Shortest value that is a secret because of its key's name; characters. */
const SHORTEST_NAMED = 4;
/** Most words of one text. */
const MOST_WORDS = 2000;
/** Deepest JSON that is looked at. */
const MAX_DEPTH = 64;

type Found = Omit<SecretValue, "request">;

/**
 * Everything that the plan sends and does not show: tokens, passwords, headers, queries, bodies, messages, and what came
 * from variables.
 */
export function secretValuesOf(service: ServicePlan): SecretValue[] {
  const shown = JSON.stringify(redactService(service));
  const own = [...headerValues(service.metadata), ...authValues(service)].map((found) => ({
    ...found,
    request: false,
  }));
  const { options, settings } = service;
  const system = options.kind === "llm" ? wordsOf(options.system).map((found) => ({ ...found, request: true })) : [];
  const sent = settings === null ? system : [...system, ...settingsValues(settings)];
  const variables = (service.hidden ?? []).flatMap(({ kind, value }) =>
    kind === "secret" ? [{ kind, value }] : wordsOf(value)
  )
    .map((found) => ({ ...found, request: found.kind === "text" }));
  // What the plan shows is no secret.
  return [...own, ...sent, ...variables].filter(({ kind, value }) => kind === "secret" || !shown.includes(value));
}

function authValues({ auth, proxy }: ServicePlan): Found[] {
  const values: Found[] = [];
  if (auth?.kind === "bearer") values.push(secret(auth.token));
  if (auth?.kind === "oauth2") {
    const [id, sent] = [asForm(auth.client_id), asForm(auth.client_secret)];
    values.push(secret(auth.client_secret), secret(sent), secret(`${id}:${sent}`));
    values.push(...wordsOf(auth.client_id), ...queryValues(auth.path));
  }
  if (proxy !== undefined && proxy.credentials !== null) {
    const [user = "", ...password] = proxy.credentials.split(":");
    values.push(secret(proxy.credentials), secret(password.join(":")), ...wordsOf(user));
  }
  return values;
}

/** As a client's id and secret are encoded before HTTP Basic. Source: RFC 6749, section 2.3.1. */
const asForm = (text: string): string => new URLSearchParams({ "": text }).toString().slice(1);

function settingsValues(settings: ProtocolSettings): SecretValue[] {
  const asSetting = (found: Found) => ({ ...found, request: false });
  const asRequest = (found: Found) => ({ ...found, request: found.kind !== "secret" });
  switch (settings.protocol) {
    case "openai":
      return [...queryValues(`?${settings.query ?? ""}`).map(asSetting), ...jsonValues(settings.extra).map(asRequest)];
    case "grpc":
      return settings.exchanges.flatMap(({ messages }) => jsonValues(messages)).map(asRequest);
    case "rest":
      return [
        ...queryValues(`?${settings.query ?? ""}`).map(asSetting),
        ...queryValues(settings.login_path ?? "").map(asSetting),
        ...settings.exchanges.flatMap(({ headers, path }) => [...headerValues(headers), ...queryValues(path)]).map(
          asSetting,
        ),
        ...settings.exchanges.flatMap(bodyValues).map(asRequest),
      ];
    case "websocket":
      return [
        ...queryValues(settings.path).map(asSetting),
        ...settings.exchanges.flatMap(({ send }) => {
          if (send.kind === "json") return jsonValues(send.value);
          return send.kind === "text" ? contentValues(send.text) : [];
        }).map(asRequest),
      ];
    case "triton":
      return (settings.inputs ?? []).flatMap(({ name, value }) => jsonValues(value, name)).map(asRequest);
    case "riva":
      return [];
  }
}

function headerValues(headers: readonly { key: string; value: string }[]): Found[] {
  return headers.filter(({ key }) => !PLAIN_HEADERS.has(key.toLowerCase())).flatMap(({ key, value }) => {
    const plain = value.replace(SCHEME, "");
    return staticParts(plain).flatMap((part) => [...named(key, part), ...binaryValues(key, part)]);
  });
}

/** The value of a `-bin` key is sent as bytes, and may be quoted as text. */
function binaryValues(key: string, value: string): Found[] {
  if (!key.toLowerCase().endsWith("-bin")) return [];
  try {
    return contentValues(new TextDecoder().decode(Uint8Array.fromBase64(value)));
  } catch {
    return [];
  }
}

function bodyValues({ body }: RestExchange): Found[] {
  switch (body?.kind) {
    case "json":
      return jsonValues(body.value);
    case "text":
      return contentValues(body.text);
    case "multipart":
      return body.parts.flatMap(partValues);
    case "file":
    case undefined:
      return [];
  }
}

const partValues = (part: MultipartPart): Found[] =>
  part.kind === "text"
    ? staticParts(part.text).flatMap((text) => [...named(part.name, text), ...contentValues(text)])
    : [];

/** The values of a query: the part of a path after its question mark. */
export function queryValues(path: string): Found[] {
  if (!path.includes("?")) return [];
  return formValues(path.slice(path.indexOf("?") + 1));
}

function formValues(form: string): Found[] {
  return [...new URLSearchParams(form)].flatMap(([key, value]) =>
    staticParts(value).flatMap((part) => named(key, part))
  );
}

/** The values of a text of any kind: JSON, a form, or words. */
export function contentValues(text: string): Found[] {
  try {
    const value: Json = JSON.parse(text);
    if (typeof value === "object") return jsonValues(value);
  } catch {
    // Not JSON.
  }
  const form = /^[^\s=&]+=[^\s]*$/.test(text) ? formValues(text) : [];
  return [...form, ...staticParts(text).flatMap(wordsOf)];
}

/** The texts and numbers of a JSON value. */
export function jsonValues(value: Json, name = "", depth = 0): Found[] {
  if (depth > MAX_DEPTH) return [];
  if (Array.isArray(value)) return value.flatMap((item) => jsonValues(item, name, depth + 1));
  if (typeof value === "number") return wordsOf(String(value));
  if (typeof value === "string") return staticParts(value).flatMap((part) => named(name, part));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => jsonValues(inner, key, depth + 1));
}

/** What calls do not fill in. */
function staticParts(text: string): string[] {
  if (!isTemplate(text)) return [text];
  try {
    return parseTemplate(text).flatMap((part) => part.kind === "text" ? [part.text] : []);
  } catch {
    return [text];
  }
}

/** A value under a name, which may mark it as a secret. */
function named(name: string, value: string): Found[] {
  if (!isSecretName(name) || value.length < SHORTEST_NAMED || isCommon(value) || value === HIDDEN) {
    return wordsOf(value);
  }
  // A cookie or a digest has names of its own, which are no secrets.
  const words = value.split(SEPARATORS).slice(0, MOST_WORDS).filter((word) => word.length >= 6 && !isCommon(word));
  return [secret(value), ...words.map(secret)];
}

const SEPARATORS = /[\s,;=&"'{}()<>[\]]+/;
const secret = (value: string): Found => ({ kind: "secret", value });

/** A value, or a text and its words. */
export function wordsOf(value: string): Found[] {
  if (!SEPARATORS.test(value)) return [{ kind: "value", value }];
  const words = value.split(SEPARATORS).slice(0, MOST_WORDS).map((word): Found => ({ kind: "value", value: word }));
  return [{ kind: /\s/.test(value) ? "text" : "value", value }, ...words];
}
