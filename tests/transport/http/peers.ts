/** Servers to speak HTTP/1.1 with: node's, and one that says exactly what it is told to. */
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import type {
  HttpChannel,
  HttpEnd,
  HttpEvents,
  HttpHeaders,
  HttpOptions,
  HttpRequest,
} from "../../../lib/transport/http/channel.ts";
import { openHttp } from "../../../lib/transport/http/open.ts";

/** Options that tests start from. */
export const OPTIONS: HttpOptions = {
  tls: null,
  connections: 4,
  connect_timeout_ms: 5000,
  version: "1.1",
  transparentRetry: true,
};

/** What a request told. */
export class Told implements HttpEvents {
  /** In order: `sent`, `uploaded`, `headers`, `data`, `end`. */
  readonly names: string[] = [];
  status = 0;
  fields: HttpHeaders = [];
  body = "";
  result: HttpEnd | null = null;
  readonly #over = Promise.withResolvers<HttpEnd>();
  readonly #decoder = new TextDecoder("latin1");

  /** Settles at the end. */
  get over(): Promise<HttpEnd> {
    return this.#over.promise;
  }

  sent(): void {
    this.names.push("sent");
  }

  uploaded(): void {
    this.names.push("uploaded");
  }

  headers(status: number, fields: HttpHeaders): void {
    this.names.push("headers");
    this.status = status;
    this.fields = fields;
  }

  data(bytes: Uint8Array): void {
    if (this.names.at(-1) !== "data") this.names.push("data");
    this.body += this.#decoder.decode(bytes);
  }

  end(end: HttpEnd): void {
    if (this.result !== null) throw new Error("a second end");
    this.names.push("end");
    this.result = end;
    this.#over.resolve(end);
  }
}

/** Sends one request and waits for its end. */
export async function ask(
  channel: HttpChannel,
  request: Partial<HttpRequest> = {},
  timeout_ms = 5000,
): Promise<Told> {
  const told = new Told();
  channel.request({ method: "GET", path: "/", headers: [], body: null, ...request }, timeout_ms, told);
  await told.over;
  return told;
}

/** A channel for the time of `body`. */
export async function withChannel(
  target: string,
  options: Partial<HttpOptions>,
  body: (channel: HttpChannel) => Promise<void>,
): Promise<void> {
  const channel = openHttp(target, { ...OPTIONS, ...options });
  try {
    await body(channel);
  } finally {
    await channel.close();
  }
}

/** Node's server for the time of `body`. */
export async function withServer(
  handler: http.RequestListener,
  body: (target: string, server: http.Server) => Promise<void>,
  tls: https.ServerOptions | null = null,
  listen: { path: string } | null = null,
): Promise<void> {
  const server = tls === null ? http.createServer(handler) : https.createServer(tls, handler);
  await new Promise<void>((ready) => server.listen(listen ?? { host: "127.0.0.1", port: 0 }, ready));
  try {
    await body(listen === null ? `127.0.0.1:${(server.address() as AddressInfo).port}` : `unix:${listen.path}`, server);
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

/** What a raw peer does with a connection; it is closed afterwards. */
export type Script = (conn: Deno.Conn, index: number) => Promise<void>;

/** A peer that runs `script` on every connection, for the time of `body`. */
export async function withRawPeer(script: Script, body: (target: string) => Promise<void>): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const conns: Deno.Conn[] = [];
  const running: Promise<void>[] = [];
  const serving = (async () => {
    for await (const conn of listener) {
      running.push(script(conn, conns.push(conn) - 1).catch(() => {}).finally(() => closeQuietly(conn)));
    }
  })();
  try {
    await body(`127.0.0.1:${listener.addr.port}`);
  } finally {
    listener.close();
    conns.forEach(closeQuietly);
    await serving;
    await Promise.all(running);
  }
}

function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // The script has closed it.
  }
}

/** Reads one request's head (and whatever came with it); false at the end of the connection. */
export async function readRequest(conn: Deno.Conn): Promise<boolean> {
  const into = new Uint8Array(64 * 1024);
  let text = "";
  while (!text.includes("\r\n\r\n")) {
    const count = await conn.read(into);
    if (count === null) return false;
    text += new TextDecoder("latin1").decode(into.subarray(0, count));
  }
  return true;
}

/** Writes all of a text, one byte for each character. */
export async function say(conn: Deno.Conn, text: string): Promise<void> {
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}
