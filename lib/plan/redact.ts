/** Removes secrets from plans and messages: names and forms stay, request data does not. */
import type { AuthPlan, ProxyPlan } from "./credentials.ts";
import type { HttpBody, ProtocolSettings, RestExchange, WebSocketExchange } from "./protocols.ts";
import { withoutSpans } from "./secret/hide.ts";
import { type HiddenValue, Quotes } from "./secret/quotes.ts";
import { isSecretName } from "./secret/telling.ts";

/** Replaces text that may be secret. */
export const HIDDEN = "***";

/** A copy of plain data whose texts hold none of the values. */
export function withoutValues<Data>(data: Data, values: readonly HiddenValue[]): Data {
  if (values.length === 0) return data;
  const quotes = new Quotes();
  for (const { kind, value } of values) quotes.add(kind, value);
  return mapTexts(data, (text) => withoutSpans(text, quotes.spans(text), HIDDEN)) as Data;
}

/** Keys of a plan that hold names by which its parts are found, or words of june-load. */
const NAMES: ReadonlySet<string> = new Set(
  ("call_kind formats http_version interims kind loads name objectives operation operations protocol scenario stages " +
    "streams tasks thresholds transport").split(" "),
);

function mapTexts(data: unknown, safe: (text: string) => string): unknown {
  if (typeof data === "string") return safe(data);
  if (Array.isArray(data)) return data.map((item) => mapTexts(item, safe));
  if (typeof data !== "object" || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, NAMES.has(key) ? value : mapTexts(value, safe)]),
  );
}

/** The source of a token, without the token and without the secret that gets one. */
export function redactAuth(auth: AuthPlan): AuthPlan {
  switch (auth.kind) {
    case "bearer":
      return { ...auth, token: HIDDEN };
    case "bearer_file":
      return auth;
    case "oauth2":
      return { ...auth, client_id: HIDDEN, client_secret: HIDDEN, path: withoutQuery(auth.path) };
  }
}

/** A proxy without its user and password. */
export function redactProxy(proxy: ProxyPlan): ProxyPlan {
  return { ...proxy, credentials: proxy.credentials === null ? null : HIDDEN };
}

/** The settings without bodies, messages, header values and queries, which may hold secrets. */
export function redactSettings(settings: ProtocolSettings | null): ProtocolSettings | null {
  switch (settings?.protocol) {
    case "triton": {
      const { inputs } = settings;
      return { ...settings, inputs: inputs?.map((tensor) => ({ ...tensor, value: HIDDEN })) ?? null };
    }
    case "openai": {
      const extra = Object.fromEntries(Object.keys(settings.extra).map((key) => [key, HIDDEN]));
      return { ...settings, ...redactQuery(settings), extra };
    }
    case "grpc": {
      const hide = { messages: [], checks: [] };
      return { ...settings, exchanges: settings.exchanges.map((exchange) => ({ ...exchange, ...hide })) };
    }
    case "rest": {
      const login_path = settings.login_path === null ? null : withoutQuery(settings.login_path);
      return { ...settings, ...redactQuery(settings), login_path, exchanges: settings.exchanges.map(redactRest) };
    }
    case "websocket":
      return { ...settings, path: withoutQuery(settings.path), exchanges: settings.exchanges.map(redactMessage) };
    case "riva":
      return settings;
    case undefined:
      return null;
  }
}

function redactRest(exchange: RestExchange): RestExchange {
  return {
    ...exchange,
    path: withoutQuery(exchange.path),
    headers: exchange.headers.map(({ key }) => ({ key, value: HIDDEN })),
    body: exchange.body === null ? null : redactBody(exchange.body),
    checks: [],
  };
}

function redactBody(body: HttpBody): HttpBody {
  switch (body.kind) {
    case "json":
      return { kind: "json", value: HIDDEN };
    case "text":
      return { ...body, text: HIDDEN };
    case "file":
      return body;
    case "multipart":
      return { kind: "multipart", parts: body.parts.map((part) => "text" in part ? { ...part, text: HIDDEN } : part) };
  }
}

function redactMessage({ name, send }: WebSocketExchange): WebSocketExchange {
  const hidden = send.kind === "clip" ? send : { kind: "text", text: HIDDEN } as const;
  return { name, send: hidden, reply: [] };
}

const redactQuery = ({ query }: { query?: string }) => query === undefined ? {} : { query: HIDDEN };

const withoutQuery = (path: string): string =>
  path.includes("?") ? `${path.slice(0, path.indexOf("?"))}?${HIDDEN}` : path;

/** Names of variables that name the place of a secret. */
const PLACE_NAME = /(file|path|dir|sock|socket|url|host)$/i;
/** Shortest value to hide; characters. Shorter values are no secrets, and hiding them would hide ordinary words. */
const SHORTEST = 6;

/** Whether the name of a variable marks its value as a secret. */
export const isSecretVariable = (name: string): boolean =>
  (isSecretName(name) || /key/i.test(name)) && !PLACE_NAME.test(name);

/**
 * Makes a function that removes secrets from error messages, which may quote a secret that the user wrote in the wrong
 * place: users and passwords of addresses, their queries, and values of the environment.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const hide = createRedactor({ API_TOKEN: "s3cret-value", TOKEN_FILE: "/run/token" });
 * assert.equal(hide("Cannot read s3cret-value of /run/token"), "Cannot read ${API_TOKEN} of /run/token");
 * assert.equal(hide("http://me:pass@host/path?key=1"), "http://***@host/path?***");
 * ```
 */
export function createRedactor(environment: Readonly<Record<string, string>>): (text: string) => string {
  const secrets = Object.entries(environment).filter(([name, value]) =>
    isSecretVariable(name) && value.length >= SHORTEST
  );
  return (text) => secrets.reduce((safe, [name, value]) => safe.replaceAll(value, `\${${name}}`), hideAddresses(text));
}

/** Word by word, because a pattern that looks for an `@` from each place on takes hours for a long text of a stranger. */
function hideAddresses(text: string): string {
  return text
    .replace(/[^\s"]+/g, withoutUserOfUrl)
    .replace(/[^\s"']+/g, withoutUser)
    .replace(/\?[^\s"'?=]+=[^\s"']*/g, `?${HIDDEN}`);
}

function withoutUserOfUrl(word: string): string {
  const user = word.indexOf("://") + 3;
  const host = word.lastIndexOf("@");
  return user < 3 || host < user ? word : word.slice(0, user) + HIDDEN + word.slice(host);
}

/** Replaces `user:password` before an `@`, at the beginning of a word or after a `=`. */
function withoutUser(word: string): string {
  const parts = word.split("@");
  return parts.map((part, index) => {
    const start = index === 0 ? USER_AT_START : USER;
    const found = index === parts.length - 1 ? null : start.exec(part);
    return found === null ? part : part.slice(0, found.index) + found[1] + HIDDEN;
  }).join("@");
}

const USER = /(=)[^=:/]+:(?!\/\/)/;
const USER_AT_START = /(^|=)[^=:/]+:(?!\/\/)/;
