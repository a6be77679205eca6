/** Removes secrets from texts that june-load shows: servers quote keys in their errors. */
import type { Json, ProtocolSettings, RestExchange } from "../../plan/protocols.ts";
import { HIDDEN } from "../../plan/redact.ts";
import type { ServicePlan } from "../../plan/plan.ts";
import { basicOf, clientBasicOf } from "../core/tokens.ts";

/** Shorter values are not secrets, and to hide them would hide words. Characters. */
const SHORTEST = 6;
/** How many tokens of the run are kept; older ones have long expired. */
const MOST_TOKENS = 64;
/** Schemes before a secret in a header, and headers that only describe the content. */
const SCHEME = /^(bearer|basic|token|digest)\s+/i;
const PLAIN_HEADERS: ReadonlySet<string> = new Set(["accept", "accept-language", "content-type", "user-agent", "te"]);
/** Keys whose values in a request body are secrets. */
const SECRET_KEY = /pass|secret|token|api.?key|authorization|credential/i;

/** The secrets of one service. */
export class Secrets {
  /** Longest first, so that a value is hidden before a part of it. */
  #constant: string[];
  #tokens: string[] = [];

  /** Everything in the plan that may be secret: metadata, tokens, passwords, header values, queries. */
  constructor(service: ServicePlan) {
    const values = new Set(valuesOf(service).flatMap(formsOf));
    this.#constant = [...values].sort((one, other) => other.length - one.length);
  }

  /** Adds a token that came during the run. */
  add(token: string): void {
    if (this.#tokens.includes(token) || this.#constant.includes(token)) return;
    this.#tokens = [...this.#tokens, ...formsOf(token)].slice(-MOST_TOKENS);
  }

  /** The text with every secret as `***`, also a secret that is cut off at the end of the text. */
  hide(text: string): string {
    let safe = text;
    for (const values of [this.#constant, this.#tokens]) {
      for (const value of values) safe = hideOne(safe, value);
    }
    return safe;
  }
}

/** The text with one secret as `***`, also where it is cut off at the end of the text. */
export function hideOne(text: string, secret: string): string {
  return withoutEnd(text.replaceAll(secret, HIDDEN), secret);
}

/** The text without the beginning of a secret at its end, where a long text was cut. */
function withoutEnd(text: string, secret: string): string {
  const end = text.endsWith("…") ? text.length - 1 : text.length;
  for (let length = Math.min(secret.length - 1, end); length >= SHORTEST; length--) {
    if (!text.slice(0, end).endsWith(secret.slice(0, length))) continue;
    return `${text.slice(0, end - length)}${HIDDEN}${text.slice(end)}`;
  }
  return text;
}

/** The forms in which a server may quote a value: unchanged, its words, percent-encoded. */
function formsOf(value: string): string[] {
  const secret = value.replace(SCHEME, "");
  const words = [secret, ...secret.split(/[\s,;]+/)].filter((word) => word.length >= SHORTEST);
  return [...new Set(words.flatMap((word) => [word, encodeURIComponent(word)]))];
}

function valuesOf({ metadata, auth, proxy, settings }: ServicePlan): string[] {
  const values = headerValues(metadata);
  if (auth?.kind === "bearer") values.push(auth.token);
  if (auth?.kind === "oauth2") {
    values.push(auth.client_secret, clientBasicOf(auth), ...queryValues(auth.path));
  }
  if (proxy !== undefined && proxy.credentials !== null) {
    const [, ...password] = proxy.credentials.split(":");
    values.push(password.join(":"), basicOf(proxy.credentials));
  }
  return [...values, ...(settings === null ? [] : valuesOfSettings(settings))];
}

function valuesOfSettings(settings: ProtocolSettings): string[] {
  switch (settings.protocol) {
    case "openai":
      return [...queryValues(`?${settings.query ?? ""}`), ...secretsIn(settings.extra)];
    case "grpc":
      return settings.exchanges.flatMap(({ messages }) => secretsIn(messages));
    case "rest":
      return [
        ...queryValues(`?${settings.query ?? ""}`),
        ...queryValues(settings.login_path ?? ""),
        ...settings.exchanges.flatMap(valuesOfExchange),
      ];
    case "websocket": {
      const sent = settings.exchanges.flatMap(({ send }) => send.kind === "json" ? secretsIn(send.value) : []);
      return [...queryValues(settings.path), ...sent];
    }
    case "triton":
    case "riva":
      return [];
  }
}

const headerValues = (headers: readonly { key: string; value: string }[]): string[] =>
  headers.filter(({ key }) => !PLAIN_HEADERS.has(key.toLowerCase())).map(({ value }) => value);

function valuesOfExchange({ headers, path, body }: RestExchange): string[] {
  return [...headerValues(headers), ...queryValues(path), ...(body?.kind === "json" ? secretsIn(body.value) : [])];
}

/** Values of a query whose keys mark them as secret. */
function queryValues(path: string): string[] {
  if (!path.includes("?")) return [];
  const query = new URLSearchParams(path.slice(path.indexOf("?") + 1));
  return [...query].filter(([key]) => SECRET_KEY.test(key) || /^key$/i.test(key)).map(([, value]) => value);
}

/** Texts of a JSON value whose keys mark them as secret. */
function secretsIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(secretsIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === "string" ? (SECRET_KEY.test(key) ? [inner] : []) : secretsIn(inner)
  );
}
