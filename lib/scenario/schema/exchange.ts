/** The keys of one exchange of your own service: the request, and the checks of the reply. */
import type {
  Check,
  GrpcExchange,
  HttpBody,
  MultipartPart,
  RestExchange,
  WebSocketExchange,
} from "../../plan/protocols.ts";
import { parsePattern } from "../../plan/pattern.ts";
import { TASKS } from "../../plan/tasks.ts";
import { keyPattern, list, mapOf, oneOrMore, scalarOrMap, transform } from "../shape/containers.ts";
import { anyValue, template } from "../shape/json_value.ts";
import { existingPath } from "../shape/paths.ts";
import { boolean, choice, integer, number, pattern, text } from "../shape/scalars.ts";
import type { ExchangeDraft } from "./common.ts";
import {
  type Context,
  type Decoded,
  maybe,
  object,
  optional,
  required,
  type Setting,
  type Shape,
} from "../shape/shape.ts";
import { quote } from "../read/tree.ts";
import type { Place } from "../shape/variants.ts";

/** An exchange in the form of its driver, and its weight in the mix. */
export interface Exchange<E> {
  plan: E;
  draft: ExchangeDraft;
}

const NAMES = "^[A-Za-z0-9_.@/{}:-]([A-Za-z0-9_.@/{}: -]{0,98}[A-Za-z0-9_.@/{}:-])?$";

const SHARED = {
  name: maybe(
    pattern(NAMES, "1 to 100 letters, digits, blanks and any of _ . @ / { } : -"),
    "made from what it calls",
    "Name of the operation in reports and rules.",
    "find",
  ),
  weight: optional(number(0, 1_000_000), 1, "Share of the calls, like the weight of a service."),
};

const check: Shape<Check> = transform(
  object({
    path: optional(text(1_000), "", "Path in the reply, such as `results[0].text`; empty: the whole reply."),
    equals: maybe(anyValue, "not compared", "The value that must be there.", "ok"),
    matches: maybe(
      regularExpression(),
      "not matched",
      "Regular expression (RE2) that the text there must match.",
      "^[a-z]+$",
    ),
  }),
  ({ path, equals, matches }) => ({ path: path.value, equals: equals.value, matches: matches.value }),
);

function regularExpression(): Shape<string> {
  return transform(text(1_000), (source, { at, path }, context) => {
    const read = parsePattern(source);
    if (read.ok) return source;
    context.problems.add(at, path, read.error);
    return undefined;
  });
}

const checks = (doc: string) => optional(list(check, { max: 50 }), [], doc);
const CHECKS =
  "What the reply must hold; otherwise the call fails. A check with only a path needs a value there that is not empty.";

const values = <T>(settings: readonly Setting<T>[]): T[] => settings.map(({ value }) => value);

/** The exchange with its name; the default name says what it calls. */
function named<E extends { name: string }>(
  given: Decoded<typeof SHARED>,
  absent: string,
  plan: Omit<E, "name">,
  { at, path }: Place,
  context: Context,
): Exchange<E> {
  const name = given.name.value === null
    ? defaultName(absent, context)
    : context.nameless?.(given.name.value, false) ?? given.name.value;
  if (Object.hasOwn(TASKS, name)) {
    context.problems.add(given.name.at, given.name.path, `The name ${quote(name)} is a task of june-load`);
  }
  return { plan: { ...plan, name } as E, draft: { name, weight: given.weight.value, at, path } };
}

/** A default name that rules can hold: no query, and placeholders and variables in single braces. */
export function defaultName(written: string, { nameless = (text) => text }: Context): string {
  return nameless(written, true)
    .replace(/\{\{\s*(\w+)[^}]*\}\}/g, "{$1}")
    .replace(/\?\S*/, "")
    .replace(/[^A-Za-z0-9_.@/{}: -]/g, "_")
    .slice(0, 100)
    .trim();
}

const method = pattern(
  "^/?[A-Za-z_][A-Za-z0-9_.]*/[A-Za-z_][A-Za-z0-9_]*$",
  'a method such as "shop.Search/Find"',
);

/** One kind of gRPC call. */
export const grpcExchange: Shape<Exchange<GrpcExchange>> = transform(
  object({
    ...SHARED,
    method: required(method, "shop.Search/Find", "`package.Service/Method`; `june-load describe` lists them."),
    message: maybe(anyValue, "an empty message", "The request, in its JSON form. Texts may hold placeholders.", {
      query: "{{prompt}}",
    }),
    messages: maybe(
      list(anyValue, { min: 1, max: 10_000 }),
      "`message`",
      "The requests of one call, in order, for methods with a stream of requests.",
    ),
    raw: maybe(
      oneOrMore(existingPath("a file"), { min: 1, max: 10_000 }),
      "none",
      "Instead of messages: files of request bytes, sent unchanged.",
      "request.bin",
    ),
    call: maybe(
      choice("unary", "client_stream", "server_stream", "bidi_stream"),
      "from the descriptor",
      "Which sides are streams. With this key, raw requests without checks need no descriptor.",
      "unary",
    ),
    checks: checks(CHECKS),
  }),
  (given, place, context) => {
    const ways = [given.message, given.messages, given.raw].filter((setting) => setting.given);
    if (ways.length > 1) {
      context.problems.add(ways[1]!.at, ways[1]!.path, 'Only one of "message", "messages" and "raw" may be given');
    }
    const called = given.method.value.replace(/^\//, "");
    const messages = given.messages.given ? values(given.messages.value ?? []) : [given.message.value ?? {}];
    return named<GrpcExchange>(
      given,
      `grpc ${called}`,
      {
        method: called,
        messages: given.raw.given ? [] : messages,
        raw_files: values(given.raw.value ?? []),
        ...(given.call.value === null ? {} : { call_kind: given.call.value }),
        checks: values(given.checks.value),
      },
      place,
      context,
    );
  },
);

const headerNames = keyPattern("header", "^[0-9A-Za-z_.-]{1,64}$", 'letters, digits, "_", "-" and "."');
const partNames = keyPattern("part", "^[0-9A-Za-z_.-]{1,64}$", 'letters, digits, "_", "-" and "."');

/** Parts without a `;`: with one in a part, too, there would be endlessly many ways to match. */
const TYPE_PART = "[\\x21-\\x3a\\x3c-\\x7e]+";
const contentType = pattern(`^${TYPE_PART}(; ?${TYPE_PART})*$`, 'a content type such as "text/plain"');

type NamelessPart =
  | { kind: "text"; text: string }
  | { kind: "file"; path: string; content_type: string }
  | { kind: "clip" };

const namelessPart: Shape<NamelessPart> = scalarOrMap<NamelessPart>(
  transform(template(1_000_000), (text) => ({ kind: "text", text })),
  transform(
    object({
      file: maybe(existingPath("a file"), "none", "A file to upload.", "photo.jpg"),
      type: optional(contentType, "application/octet-stream", "Content type of the file."),
      clip: maybe(choice("speech"), "none", "`speech`: one of the built-in speech clips, as WAV.", "speech"),
    }),
    ({ file, type, clip }, { at, path }, context) => {
      if (file.given === clip.given) context.problems.add(at, path, 'Expected a text, or a map with "file" or "clip"');
      return clip.value !== null
        ? { kind: "clip" }
        : { kind: "file", path: file.value ?? "", content_type: type.value };
    },
  ),
);

const BODY = {
  json: maybe(anyValue, "none", "A JSON body. Texts may hold placeholders.", { prompt: "{{prompt}}" }),
  text: maybe(template(1_000_000), "none", "A text body, which may hold placeholders.", "hello {{seq}}"),
  file: maybe(existingPath("a file"), "none", "A body from a file.", "request.bin"),
  multipart: maybe(
    mapOf(partNames, namelessPart, { min: 1, max: 100 }),
    "none",
    "A multipart body: a text for each part, or `{ file: PATH }` or `{ clip: speech }`.",
    { audio: { clip: "speech" }, language: "en" },
  ),
  content_type: maybe(
    contentType,
    "`text/plain`; for a file `application/octet-stream`",
    "Content type of `text` and `file`.",
    "text/csv",
  ),
};

/** Keys of an HTTP exchange: its request and the checks of its reply. */
export const HTTP_EXCHANGE = {
  ...SHARED,
  path: required(template(8_000), "/health", "Path and query, appended to the path of the service's URL."),
  method: maybe(
    choice("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"),
    "`POST` with a body, `GET` without",
    "HTTP method.",
    "GET",
  ),
  headers: maybe(
    mapOf(headerNames, template(8_192)),
    "none",
    "Headers of this request, besides the service's. Values are never saved or shown.",
    { "x-request-id": "{{uuid}}" },
  ),
  requires_auth: optional(boolean, false, "Send the token of the service's `login`."),
  ...BODY,
  status: maybe(
    oneOrMore(integer(100, 599), { min: 1, max: 50 }),
    "200 to 299",
    "Status codes that count as ok.",
    [200, 404],
  ),
  checks: checks(`${CHECKS} Checked replies must be JSON, unless the path is empty.`),
};

/** One kind of HTTP request. */
export const httpExchange: Shape<Exchange<RestExchange>> = transform(object(HTTP_EXCHANGE), planHttpExchange);

/** An HTTP exchange of the plan. */
export function planHttpExchange(
  given: Decoded<typeof HTTP_EXCHANGE>,
  place: Place,
  context: Context,
): Exchange<RestExchange> {
  const body = bodyOf(given, context);
  const method = given.method.value ?? (body === null ? "GET" : "POST");
  if (!given.path.value.startsWith("/") && given.path.valid) {
    context.problems.add(given.path.at, given.path.path, `The path ${quote(given.path.value)} must begin with "/"`);
  }
  return named<RestExchange>(
    given,
    `rest ${method} ${given.path.value}`,
    {
      method,
      path: given.path.value,
      headers: (given.headers.value ?? []).map(({ key, value }) => ({ key: key.toLowerCase(), value })),
      requires_auth: given.requires_auth.value,
      body,
      statuses: values(given.status.value ?? []),
      checks: values(given.checks.value),
    },
    place,
    context,
  );
}

function bodyOf(given: Decoded<typeof BODY>, context: Context): HttpBody | null {
  const { json, text, file, multipart, content_type } = given;
  const ways = [json, text, file, multipart].filter((setting) => setting.given);
  if (ways.length > 1) {
    context.problems.add(ways[1]!.at, ways[1]!.path, 'Only one of "json", "text", "file" and "multipart" may be given');
  }
  if (content_type.given && !text.given && !file.given) {
    const why = 'The key "content_type" is only for "text" and "file"; other bodies have a fixed content type';
    context.problems.add(content_type.at, content_type.path, why);
  }
  if (json.given) return { kind: "json", value: json.value };
  if (text.value !== null) return { kind: "text", text: text.value, content_type: content_type.value ?? "text/plain" };
  if (file.value !== null) {
    return { kind: "file", path: file.value, content_type: content_type.value ?? "application/octet-stream" };
  }
  if (multipart.value === null) return null;
  return {
    kind: "multipart",
    parts: multipart.value.map(({ key, value }): MultipartPart => ({ ...value, name: key })),
  };
}

const SENT = {
  text: maybe(template(1_000_000), "none", "A text message, which may hold placeholders.", "hello {{seq}}"),
  json: maybe(anyValue, "none", "A JSON text message. Texts in it may hold placeholders.", { text: "{{prompt}}" }),
  clip: maybe(
    choice("binary", "json"),
    "none",
    "A built-in speech clip, sent as a binary message or as base64 in JSON.",
    "binary",
  ),
  clip_field: optional(text(100), "audio_data", "With `clip: json`: the field that holds the audio."),
};

/** One message over a WebSocket and its reply. */
export const webSocketExchange: Shape<(path: string, context: Context) => Exchange<WebSocketExchange>> = transform(
  object({
    ...SHARED,
    ...SENT,
    reply: checks(
      "Checks that identify the answer; messages that do not match are skipped. Without checks, the next message is the answer.",
    ),
  }),
  (given, place) => (path, context) => {
    const send = sentOf(given, place, context);
    return named<WebSocketExchange>(
      given,
      `websocket ${path} ${send.kind}`,
      {
        send,
        reply: values(given.reply.value),
      },
      place,
      context,
    );
  },
);

function sentOf(
  { text, json, clip, clip_field }: Decoded<typeof SENT>,
  { at, path }: Place,
  context: Context,
): WebSocketExchange["send"] {
  if ([text, json, clip].filter((setting) => setting.given).length !== 1) {
    context.problems.add(at, path, 'Expected one of "text", "json" and "clip": the message to send');
  }
  if (json.given) return { kind: "json", value: json.value };
  if (clip.value !== null) return { kind: "clip", field: clip.value === "json" ? clip_field.value : null };
  return { kind: "text", text: text.value ?? "" };
}
