/** Sends metrics to an OpenTelemetry collector over HTTP. */
import { UserError } from "../../plan/errors.ts";
import { plainText } from "../../report/format/escape.ts";
import { renderOtlp } from "../../report/forms/otlp.ts";
import type { Run } from "../../result/run.ts";
import type { Verdict } from "../../verdict/verdict.ts";

/** Where metrics go. */
export interface OtlpTarget {
  url: URL;
  headers: Readonly<Record<string, string>>;
}

/** A collector that does not answer holds up the end of a run for so long; milliseconds. */
const TIMEOUT_MS = 10_000;
/** What a refused request says is read up to here; bytes. */
const REPLY_MAX_BYTES = 64 * 1024;

/** Whether the value of --otlp is an address, not a file. */
export const isAddress = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(text);

/**
 * The collector of an address such as `http://collector:4318`; without a path its metrics go to `/v1/metrics`. Headers come
 * from OTEL_EXPORTER_OTLP_HEADERS (`name=value,...`, percent-encoded), as with OpenTelemetry's own exporters.
 * @throws {UserError} kind `usage` for an address or a header that cannot be read
 */
export function otlpTarget(text: string, env: Readonly<Record<string, string>>): OtlpTarget {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UserError(
      "usage",
      `--otlp: cannot send to this address; write http://HOST:PORT or https://..., or a file`,
    );
  }
  if (url.pathname === "/") url.pathname = "/v1/metrics";
  return { url, headers: headersOf(env.OTEL_EXPORTER_OTLP_METRICS_HEADERS ?? env.OTEL_EXPORTER_OTLP_HEADERS ?? "") };
}

function headersOf(list: string): Record<string, string> {
  const headers = new Headers();
  for (const pair of list.split(",").filter((one) => one.trim() !== "")) {
    const at = pair.indexOf("=");
    try {
      headers.set(decodeURIComponent(pair.slice(0, at).trim()), decodeURIComponent(pair.slice(at + 1).trim()));
    } catch {
      // The list is likely to hold a secret: it is not quoted.
      throw new UserError(
        "usage",
        "Cannot read OTEL_EXPORTER_OTLP_HEADERS: write name=value,name=value, percent-encoded",
      );
    }
  }
  return Object.fromEntries(headers);
}

/** The address without what may be a secret. */
const shown = ({ url }: OtlpTarget) => `${url.origin}${url.pathname}`;

/**
 * Sends one document.
 * @returns what the collector did not take of it, in words; null where it took all
 * @throws {UserError} kind `output` when it could not be sent
 */
export async function pushOtlp(target: OtlpTarget, document: string): Promise<string | null> {
  const failed = (why: string) => new UserError("output", `Cannot send metrics to ${shown(target)}: ${why}`);
  const { username, password } = target.url;
  const url = new URL(target.url);
  url.username = url.password = "";
  const login = username === ""
    ? {}
    : { authorization: `Basic ${btoa(decodeURIComponent(`${username}:${password}`))}` };
  let status: number;
  let reply: string;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...login, ...target.headers },
      body: document,
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    status = response.status;
    reply = await readStart(response);
  } catch (error) {
    const slow = error instanceof DOMException && error.name === "TimeoutError";
    throw failed(slow ? `no answer within ${TIMEOUT_MS / 1000} s` : "no collector answers there");
  }
  const words = plainText(messageOf(reply), 200);
  if (status < 200 || status > 299) throw failed(`HTTP ${status}${words === "" ? "" : `: ${words}`}`);
  const lost = rejectedOf(reply);
  return lost === 0 ? null : `the collector did not take ${lost} points${words === "" ? "" : `: ${words}`}`;
}

/**
 * Sends the metrics of a run that has ended, with its verdict; does nothing without a collector.
 * @throws {UserError} kind `output` when they could not be sent
 */
export async function sendReport(
  run: Run,
  verdict: Verdict,
  collector: OtlpTarget | null,
  warn: (text: string) => void,
): Promise<void> {
  if (collector === null) return;
  const lost = await pushOtlp(collector, renderOtlp(run, verdict));
  if (lost !== null) warn(`warning: ${lost}`);
}

async function readStart(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > REPLY_MAX_BYTES) break;
  }
  return text;
}

/** A reply of a collector: of a partial success, or a status. */
interface Reply {
  message?: unknown;
  partialSuccess?: { rejectedDataPoints?: unknown; errorMessage?: unknown };
}

function parseReply(text: string): Reply {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

const rejectedOf = (text: string) => Number(parseReply(text).partialSuccess?.rejectedDataPoints ?? 0) || 0;

function messageOf(text: string): string {
  const { message, partialSuccess } = parseReply(text);
  return String(partialSuccess?.errorMessage ?? message ?? text);
}
