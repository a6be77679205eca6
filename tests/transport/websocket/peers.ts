/** Servers to open WebSockets to: Deno's, and one that says exactly what it is told to. */
import type {
  ConnectionEvents,
  WebSocketConnection,
  WebSocketEnd,
} from "../../../lib/transport/websocket/connection.ts";
import { acceptFor } from "../../../lib/transport/websocket/handshake.ts";
import { openWebSocket, type WebSocketOptions } from "../../../lib/transport/websocket/open.ts";
import { withRawPeer } from "../http/peers.ts";
import { type ClientFrame, concat, readClientFrame } from "./frames.ts";

/** Options that tests start from. */
export const OPTIONS: WebSocketOptions = {
  tls: null,
  proxy: null,
  path: "/",
  headers: [],
  connect_timeout_ms: 5000,
  timeout_ms: 5000,
  max_message_bytes: 1_000_000,
};

/** What a WebSocket told. */
export class Told implements ConnectionEvents {
  readonly messages: (string | Uint8Array)[] = [];
  readonly pongs: Uint8Array[] = [];
  result: WebSocketEnd | null = null;
  readonly #over = Promise.withResolvers<WebSocketEnd>();
  #waiting: { count: number; resolve(): void } | null = null;

  /** Settles at the end. */
  get over(): Promise<WebSocketEnd> {
    return this.#over.promise;
  }

  /** Settles when so many messages and pongs have come in all. */
  async until(count: number): Promise<void> {
    if (this.messages.length + this.pongs.length >= count) return;
    await new Promise<void>((resolve) => this.#waiting = { count, resolve });
  }

  message(data: string | Uint8Array): void {
    this.messages.push(data);
    this.#came();
  }

  pong(payload: Uint8Array): void {
    this.pongs.push(payload);
    this.#came();
  }

  end(end: WebSocketEnd): void {
    if (this.result !== null) throw new Error("a second end");
    this.result = end;
    this.#over.resolve(end);
  }

  #came(): void {
    const waiting = this.#waiting;
    if (waiting !== null && this.messages.length + this.pongs.length >= waiting.count) waiting.resolve();
  }
}

/** Opens a WebSocket that nobody gives up, and starts it. */
export async function open(
  target: string,
  told: Told,
  options: Partial<WebSocketOptions> = {},
  signal = new AbortController().signal,
): Promise<WebSocketConnection> {
  const connection = await openWebSocket(target, { ...OPTIONS, ...options }, told, signal);
  connection.start();
  return connection;
}

/** Deno's server for the time of `body`; `serve` gets each socket, already open. */
export async function withSocketServer(
  serve: (socket: WebSocket, request: Request) => void,
  body: (target: string) => Promise<void>,
  listen: Deno.ServeTcpOptions | (Deno.ServeTcpOptions & Deno.TlsCertifiedKeyPem) | Deno.ServeUnixOptions = {},
): Promise<void> {
  const stop = new AbortController();
  const base = "path" in listen ? {} : { hostname: "127.0.0.1", port: 0 };
  const options = { ...base, ...listen, signal: stop.signal, onListen: () => {} };
  const server = Deno.serve(options as Deno.ServeTcpOptions, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => serve(socket, request);
    return response;
  });
  try {
    await body("path" in listen ? `unix:${listen.path}` : `127.0.0.1:${server.addr.port}`);
  } finally {
    stop.abort();
    await server.finished;
  }
}

/** A raw peer's side of a WebSocket. */
export class RawSide {
  #bytes = new Uint8Array(0);

  constructor(readonly conn: Deno.Conn) {}

  /** Reads the request's head and gives its lines. */
  async request(): Promise<string> {
    for (;;) {
      const text = new TextDecoder("latin1").decode(this.#bytes);
      const end = text.indexOf("\r\n\r\n");
      if (end >= 0) {
        this.#bytes = this.#bytes.slice(end + 4);
        return text.slice(0, end);
      }
      await this.#more();
    }
  }

  /** Reads the request and answers it as a WebSocket server does; `change` may spoil the answer. */
  async accept(change: (answer: string) => string = (answer) => answer, more: Uint8Array = new Uint8Array(0)) {
    const key = /sec-websocket-key: (\S+)/.exec(await this.request())?.[1] ?? "";
    const head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Accept: ${await acceptFor(key)}\r\n\r\n`;
    await this.send(concat(Uint8Array.from(change(head), (letter) => letter.charCodeAt(0)), more));
  }

  /** Reads one frame. */
  async frame(): Promise<ClientFrame> {
    for (;;) {
      const frame = readClientFrame(this.#bytes);
      if (frame !== null) {
        this.#bytes = this.#bytes.slice(frame.length);
        return frame;
      }
      await this.#more();
    }
  }

  async send(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.conn.write(bytes.subarray(at));
  }

  /** Reads until the client ends the connection. */
  async untilClosed(): Promise<void> {
    const into = new Uint8Array(1024);
    while (await this.conn.read(into) !== null);
  }

  async #more(): Promise<void> {
    const into = new Uint8Array(4096);
    const count = await this.conn.read(into);
    if (count === null) throw new Error("the client closed the connection");
    this.#bytes = concat(this.#bytes, into.subarray(0, count)).slice();
  }
}

/** A raw peer for the time of `body`. */
export function withRawSide(script: (side: RawSide) => Promise<void>, body: (target: string) => Promise<void>) {
  return withRawPeer((conn) => script(new RawSide(conn)), body);
}
