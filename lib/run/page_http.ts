/** Brings pages of metrics over HTTP. */
import { concatBytes } from "../base/bytes.ts";
import { errorText } from "../base/errors.ts";
import { type Credentials, openCredentials } from "../driver/auth/credentials.ts";
import { openHttpService } from "../driver/http/service.ts";
import { plainLine } from "../base/plain_line.ts";
import type { ServicePlan } from "../plan/plan.ts";
import { formatBytes, writeDuration } from "../plan/units.ts";
import type { PageReply, PageSource } from "../resources/metrics/page_source.ts";
import type { HttpChannel, HttpEnd, HttpHeaders } from "../transport/http/channel.ts";

/** Largest page; bytes. A page of 2,000 lines has 0.2 MB. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;
/** Most of an error's body that is looked at. */
const MAX_ERROR_BYTES = 4096;
/** The text format that every server has; some would otherwise choose another. */
const ACCEPT = ["accept", "text/plain;version=0.0.4;q=1,*/*;q=0.1"] as const;

/**
 * A source over HTTP; nothing is sent yet.
 * @param service where and how: its address, TLS, token and headers are used; `timeout_ms` limits a whole page
 * @param path with its query
 */
export function openPages(service: ServicePlan, path: string): PageSource {
  return new HttpPages({ ...service, connections: 1, addresses: "pick_first" }, path);
}

class HttpPages implements PageSource {
  readonly #service: ServicePlan;
  readonly #path: string;
  #opened: Promise<Opened> | null = null;
  #ready = false;
  #closed = false;

  constructor(service: ServicePlan, path: string) {
    this.#service = service;
    this.#path = path;
  }

  async get(): Promise<PageReply> {
    let credentials: Credentials | null = null;
    const hide = (text: string) => credentials?.secrets.hide(text) ?? text;
    try {
      const opened = await (this.#opened ??= open(this.#service));
      credentials = opened.credentials;
      // Later the token itself says what is wrong with it.
      if (!this.#ready) await credentials.source?.ready();
      this.#ready = true;
      if (this.#closed) return failed("it was closed");
      const reply = await ask(opened.channel, this.#path, this.#service);
      return reply.kind === "page" ? reply : failed(hide(reply.why));
    } catch (error) {
      return failed(hide(errorText(error)));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const opened = await this.#opened?.catch(() => null);
    await Promise.all([opened?.channel.close(), opened?.credentials.source?.close()]);
  }
}

interface Opened {
  channel: HttpChannel;
  credentials: Credentials;
}

async function open(service: ServicePlan): Promise<Opened> {
  const credentials = await openCredentials(service);
  return { credentials, channel: await openHttpService(service, "1.1", credentials.source) };
}

const failed = (why: string): PageReply => ({ kind: "failed", why });

function ask(channel: HttpChannel, path: string, { metadata, timeout_ms }: ServicePlan): Promise<PageReply> {
  const headers: HttpHeaders = [ACCEPT, ...metadata.map(({ key, value }) => [key, value] as const)];
  return new Promise((resolve) => {
    let [status, bytes] = [0, 0];
    const chunks: Uint8Array[] = [];
    const call = channel.request({ method: "GET", path, headers, body: null }, timeout_ms, {
      sent() {},
      headers: (code) => void (status = code),
      data(part) {
        bytes += part.length;
        if (bytes > (status === 200 ? MAX_PAGE_BYTES : MAX_ERROR_BYTES)) return call.cancel();
        chunks.push(new Uint8Array(part));
      },
      end(end) {
        const body = () => new TextDecoder().decode(concatBytes(chunks));
        if (status === 200 && end.reason === "complete") return resolve({ kind: "page", text: body() });
        resolve(failed(whyNot(status, bytes, end, timeout_ms, body)));
      },
    });
  });
}

function whyNot(status: number, bytes: number, end: HttpEnd, timeout_ms: number, body: () => string): string {
  const within = `within ${writeDuration(timeout_ms * 1000)}`;
  if (status === 200 && bytes > MAX_PAGE_BYTES) return `it is larger than ${formatBytes(MAX_PAGE_BYTES)}`;
  if (end.reason === "deadline") return status === 0 ? `it does not answer ${within}` : `it does not end ${within}`;
  switch (status) {
    case 0:
    case 200:
      return end.details;
    case 401:
    case 403:
      return `it is refused (${status}): give the "auth" or the "headers" that it wants`;
    case 404:
      return "there is none (404)";
    default:
      return `it answers ${status}${quoted(body())}`;
  }
}

/** Longest words of a server that are quoted; characters. */
const MAX_WORDS = 160;

/** The message of an error: llama.cpp's says which option it lacks. */
function quoted(body: string): string {
  const [, message] = /"message"\s*:\s*"((?:[^"\\]|\\.){1,400})"/.exec(body) ?? [];
  const plain = plainLine(message?.replace(/\\./g, " ") ?? "");
  return plain === "" ? "" : `: ${JSON.stringify(plain.slice(0, MAX_WORDS))}`;
}
