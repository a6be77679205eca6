/** Turns the end of an HTTP request into the outcome that the run counts, with a plain message. */
import type { HttpEnd, HttpHeaders, HttpRequest } from "../../transport/http/channel.ts";
import { StatusCode } from "../../transport/status.ts";
import { type Ending, faultEnding, semantic } from "../core/outcome.ts";
import { retryAfterOfHttp } from "../core/retry_after.ts";
import { oneLine } from "../core/text.ts";

/** What a status means for the test, where the number alone does not say it. */
const MEANINGS: Record<number, string> = {
  400: "the server refuses the request",
  401: "the key is missing or not accepted",
  403: "the key does not allow this",
  404: "no such path or model",
  405: "the path does not take this method",
  408: "the server gave up waiting for the request",
  413: "the request is too large",
  415: "the server does not take this kind of body",
  422: "the server says that the request is invalid",
  429: "too many requests",
  500: "an error inside the server",
  501: "the server cannot do this",
  502: "a proxy got no usable answer from the server behind it",
  503: "the server is overloaded or still loading",
  504: "a proxy gave up waiting for the server behind it",
};

/**
 * gRPC's status for an HTTP status, so that reports count both alike. Source: the gRPC document
 * "http-grpc-status-mapping", extended.
 */
const CODES: Record<number, number> = {
  400: StatusCode.INVALID_ARGUMENT,
  401: StatusCode.UNAUTHENTICATED,
  403: StatusCode.PERMISSION_DENIED,
  404: StatusCode.NOT_FOUND,
  408: StatusCode.DEADLINE_EXCEEDED,
  413: StatusCode.INVALID_ARGUMENT,
  422: StatusCode.INVALID_ARGUMENT,
  429: StatusCode.RESOURCE_EXHAUSTED,
  500: StatusCode.INTERNAL,
  501: StatusCode.UNIMPLEMENTED,
  502: StatusCode.UNAVAILABLE,
  503: StatusCode.UNAVAILABLE,
  504: StatusCode.DEADLINE_EXCEEDED,
};

/** Statuses of a service, or of a proxy before it, that takes no more requests for now. */
const REFUSALS: ReadonlySet<number> = new Set([429, 502, 503]);

/** A header's first value; undefined where it is absent. `name` in lower case. */
function headerOf(headers: HttpHeaders, name: string): string | undefined {
  return headers.find(([field]) => field === name)?.[1];
}

/**
 * Describes a status other than success, in one line: `HTTP 429: too many requests; try again after 7 s: <its words>`.
 * @param body the beginning of the reply's body; its error message is included, JSON or not
 * @param asked method and path of the request, without its query; named where there is no such path
 */
export function describeStatus(status: number, headers: HttpHeaders, body: Uint8Array, asked = ""): string {
  const said = errorMessage(new TextDecoder().decode(body));
  const where = status === 404 && asked !== "" ? `${asked}: ` : "";
  const parts = [`HTTP ${status}`, `${where}${meaningOf(status, headers)}${retryOf(headers)}`];
  return oneLine([...parts, ...(said === "" ? [] : [said])].join(": "));
}

/** Redirects are not followed: a test must know where its load goes. Queries may contain secrets and are not shown. */
function meaningOf(status: number, headers: HttpHeaders): string {
  const known = MEANINGS[status];
  if (known !== undefined) return known;
  if (status < 300 || status >= 400) return "not an expected status";
  const to = (headerOf(headers, "location") ?? "").split(/[?#]/)[0];
  return `a redirect${to === "" ? "" : ` to ${to}`}, which june-load does not follow: give that address`;
}

function retryOf(headers: HttpHeaders): string {
  const value = headerOf(headers, "retry-after");
  if (value === undefined || value === "") return "";
  return /^[0-9]{1,9}$/.test(value) ? `; try again after ${Number(value)} s` : `; try again after ${value}`;
}

/**
 * The message in the body of an error: `error.message`, `error`, `message` or `detail` of JSON, as OpenAI, vLLM (old
 * and new) and FastAPI write them; else its first words, without the mark-up of a page.
 */
export function errorMessage(text: string): string {
  const trimmed = text.trim();
  if (/^<(!doctype|html|\?xml)/i.test(trimmed)) return oneLine(/<title>([^<]*)/i.exec(trimmed)?.[1] ?? "");
  try {
    return oneLine(wordsIn(JSON.parse(trimmed)));
  } catch {
    return oneLine(trimmed);
  }
}

function wordsIn(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.slice(0, 3).map(wordsIn).filter((words) => words !== "").join("; ");
  if (typeof value !== "object" || value === null) return "";
  const fields = value as Record<string, unknown>;
  const { error, msg, loc } = fields;
  if (typeof msg === "string") return `${Array.isArray(loc) ? `${loc.join(".")}: ` : ""}${msg}`;
  // Each member once: to look into one twice would double the cost at each level of a nested error.
  for (const name of typeof error === "object" ? ERROR_FIRST : WORD_FIELDS) {
    const words = wordsIn(fields[name]);
    if (words !== "") return words;
  }
  return "";
}

/** Members of an error in which its words are looked for, in this order. */
const WORD_FIELDS = ["message", "detail", "error", "errors", "error_message", "exception", "reason", "title"] as const;
const ERROR_FIRST: ReadonlySet<string> = new Set(["error", ...WORD_FIELDS]);

/** The ending of a request with a complete reply whose status is not success; `asked` as in `describeStatus`. */
export function httpEnding(status: number, headers: HttpHeaders, body: Uint8Array, asked = ""): Ending {
  const code = CODES[status] ?? (status >= 500 ? StatusCode.INTERNAL : StatusCode.UNKNOWN);
  const details = describeStatus(status, headers, body, asked);
  const ending: Ending = { outcome: "failed", code, type: `HTTP ${status}`, details };
  return REFUSALS.has(status) ? { ...ending, refused: true, ...retryAfterOfHttp(headers) } : ending;
}

/** How a request is named in messages: its query may hold secrets. */
export function nameOf({ method, path }: Pick<HttpRequest, "method" | "path">): string {
  return `${method} ${path.split("?")[0]}`;
}

/** The ending of a request whose connection was lost within a good reply: a class of its own. */
export function truncatedEnding(status: number, { details }: HttpEnd): Ending {
  const fault = semantic("truncated", `HTTP ${status}, but the reply was cut off: ${details}`);
  return { ...faultEnding(fault), refused: true };
}

/** The ending of a request without a complete reply. */
export function brokenEnding({ reason, details }: HttpEnd): Ending {
  switch (reason) {
    case "deadline":
      return { outcome: "timed_out", code: StatusCode.DEADLINE_EXCEEDED, type: "DEADLINE_EXCEEDED", details };
    case "cancel":
      return { outcome: "cancelled", code: StatusCode.CANCELLED, type: "CANCELLED", details };
    case "protocol":
      return { outcome: "failed", code: StatusCode.INTERNAL, type: "INTERNAL", details };
    case "limit":
      return { outcome: "failed", code: StatusCode.RESOURCE_EXHAUSTED, type: "RESOURCE_EXHAUSTED", details };
    case "connection":
      return { outcome: "failed", code: StatusCode.UNAVAILABLE, type: "UNAVAILABLE", details, refused: true };
    case "complete":
      return { outcome: "ok", code: StatusCode.OK, type: "", details };
  }
}
