/** Requests of a REST exchange; constant parts are encoded once. */
import { UserError } from "../../plan/errors.ts";
import type { HttpBody, MultipartPart, RestExchange, RestSettings } from "../../plan/protocols.ts";
import type { HttpHeaders, HttpRequest } from "../../transport/http/channel.ts";
import { checkHeaders, checkRequest } from "../../transport/http/request_head.ts";
import { isTemplate } from "../../plan/template.ts";
import { type Clip, NO_CALL, Prepared, SAMPLE_RATE, type Supply } from "../inputs/inputs.ts";
import { encodeMultipart, type Multipart, type Part, wavFile } from "../http/multipart.ts";
import { compileJson, compileText, isConstant, type Template } from "../exchange/template.ts";

/** Files and clips that exchanges send, read before the load. */
export interface Material {
  /** Contents of files by path. */
  files: ReadonlyMap<string, Uint8Array>;
  /** Empty where no exchange sends speech. */
  clips: Supply<Clip>;
}

/** A body and its content type; null: none. */
type Body = { content_type: string | null; body: Uint8Array | null };

const NO_BODY: Body = { content_type: null, body: null };
const encoder = new TextEncoder();

/** Paths of the files in a body. */
export function filesOf({ body }: RestExchange): string[] {
  if (body?.kind === "file") return [body.path];
  if (body?.kind !== "multipart") return [];
  return body.parts.flatMap((part) => part.kind === "file" ? [part.path] : []);
}

/**
 * Compiles the requests of an exchange. With placeholders each call makes its own request.
 * @param common headers sent with every request of the service
 * @throws {UserError} kind `config` for what HTTP cannot send, or a wrong placeholder
 */
export function compileRequest(
  exchange: RestExchange,
  { base_path: basePath, query }: Pick<RestSettings, "base_path" | "query">,
  common: HttpHeaders,
  material: Material,
): Template<HttpRequest> {
  const { method } = exchange;
  const whole = withQuery(basePath + exchange.path, query);
  const path = compilePath(whole);
  const headers = compileHeaders([...common, ...exchange.headers.map(({ key, value }) => [key, value] as const)]);
  const body = exchange.body === null ? () => NO_BODY : compileBody(exchange.body, material);
  const make: Template<HttpRequest> = (context) => {
    const made = body(context);
    return { method, path: path(context), headers: headers(made.content_type)(context), body: made.body };
  };
  const fixed = exchange.headers.filter(({ value }) => !isTemplate(value)).map(({ key, value }) =>
    [key, value] as const
  );
  checkSendable(`"${exchange.name}"`, method, whole, [...common, ...fixed]);
  return make;
}

/**
 * Checks the constant parts of a request.
 * @param name of the request, for the message
 * @throws {UserError} kind `config` for what HTTP cannot send
 */
export function checkSendable(what: string, method: string, path: string, headers: HttpHeaders): void {
  try {
    checkRequest({ method, path: safePath(path), headers: [], body: null });
    checkHeaders(headers);
  } catch (error) {
    throw new UserError("config", `Cannot send ${what}: ${(error as Error).message}`);
  }
}

/**
 * Compiles a path; characters that a path cannot contain are percent-encoded, since a placeholder's value may have any.
 */
export function compilePath(path: string): Template<string> {
  if (!isTemplate(path)) {
    const safe = safePath(path);
    return () => safe;
  }
  const fill = compileText(path);
  return (context) => safePath(fill(context));
}

/** A path with the query that all requests of a service have. */
export function withQuery(path: string, query: string | undefined): string {
  return query === undefined ? path : `${path}${path.includes("?") ? "&" : "?"}${query}`;
}

const safePath = (path: string): string => path.toWellFormed().replace(/[^!-~]+/g, encodeURIComponent);

/**
 * Headers by content type; a list without placeholders is made once, so requests that share it encode it once. A
 * content type in the scenario overrides june-load's own, except for multipart, whose boundary the scenario cannot
 * know.
 */
function compileHeaders(all: HttpHeaders): (content_type: string | null) => Template<HttpHeaders> {
  const kept = new Map<string | null, Template<HttpHeaders>>();
  const make = (content_type: string | null): Template<HttpHeaders> => {
    const own = content_type?.startsWith("multipart/") === true;
    const named = all.some(([name]) => isContentType(name));
    const fields = own ? all.filter(([name]) => !isContentType(name)) : [...all];
    if (content_type !== null && (own || !named)) fields.push(["content-type", content_type]);
    if (fields.every(([, value]) => !isTemplate(value))) return () => fields;
    const fills = fields.map(([name, value]) => [name, compileText(value)] as const);
    return (context) => fills.map(([name, fill]) => [name, fill(context)] as const);
  };
  return (content_type) => {
    const known = kept.get(content_type) ?? make(content_type);
    kept.set(content_type, known);
    return known;
  };
}

const isContentType = (name: string): boolean => name.toLowerCase() === "content-type";

function compileBody(body: HttpBody, material: Material): Template<Body> {
  switch (body.kind) {
    case "json": {
      const fill = compileJson(body.value);
      return constantly(isConstant(body.value), (context) => ({
        content_type: "application/json",
        body: encoder.encode(JSON.stringify(fill(context))),
      }));
    }
    case "text": {
      const fill = compileText(body.text);
      const { content_type } = body;
      return constantly(!isTemplate(body.text), (context) => ({ content_type, body: encoder.encode(fill(context)) }));
    }
    case "file": {
      const whole = { content_type: body.content_type, body: fileOf(material, body.path) };
      return () => whole;
    }
    case "multipart":
      return compileMultipart(body.parts, material);
  }
}

/** Made on first use; once if it is the same for all calls. */
function constantly<Made>(constant: boolean, make: Template<Made>): Template<Made> {
  if (!constant) return make;
  let made: Made | null = null;
  return (context) => made ??= make(context);
}

/** A part, without the clip, which each call picks. */
type PartMaker = (context: Parameters<Template<Part>>[0], clip: Part["content"]) => Part;

function compileMultipart(parts: readonly MultipartPart[], material: Material): Template<Body> {
  const makers = parts.map((part) => compilePart(part, material));
  const encode = (context: Parameters<PartMaker>[0], clip: Part["content"]) =>
    bodyOf(encodeMultipart(makers.map((make) => make(context, clip))));
  const constant = parts.every((part) => part.kind !== "text" || !isTemplate(part.text));
  if (!parts.some(({ kind }) => kind === "clip")) return constantly(constant, (context) => encode(context, ""));
  if (!constant) {
    const files = new Prepared(material.clips, ({ pcm }) => wavFile(pcm, SAMPLE_RATE));
    return (context) => encode(context, files.pick(context));
  }
  const bodies = new Prepared(material.clips, ({ pcm }) => encode(NO_TEMPLATE, wavFile(pcm, SAMPLE_RATE)));
  return (context) => bodies.pick(context);
}

/** The context for templates without placeholders. */
const NO_TEMPLATE: Parameters<PartMaker>[0] = { ...NO_CALL, seq: () => 0 };

const bodyOf = ({ content_type, body }: Multipart): Body => ({ content_type, body });

function compilePart(part: MultipartPart, material: Material): PartMaker {
  const { name } = part;
  switch (part.kind) {
    case "text": {
      const fill = compileText(part.text);
      return (context) => ({ name, content: fill(context) });
    }
    case "file": {
      const content = fileOf(material, part.path);
      const file = { name: part.path.split("/").at(-1) ?? name, type: part.content_type };
      return () => ({ name, content, file });
    }
    case "clip":
      return (_cx, content) => ({ name, content, file: { name: "clip.wav", type: "audio/wav" } });
  }
}

function fileOf({ files }: Material, path: string): Uint8Array {
  const content = files.get(path);
  if (content === undefined) throw new TypeError(`The file ${path} was not read`);
  return content;
}
