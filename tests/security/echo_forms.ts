/** Servers that quote all they were sent, in one encoding, in every form that a failure has. */
import http from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createHash } from "node:crypto";
import type { Handle } from "../../lib/sim/server/server.ts";
import { WireServer } from "../../lib/sim/server/wire_server.ts";
import { StatusCode } from "../../lib/transport/status.ts";

/** Writes what was sent. */
export type Write = (text: string) => string;

/** How servers quote. */
export const WRITES: Readonly<Record<string, Write>> = {
  plain: (text) => text,
  percent: (text) => encodeURIComponent(text),
  base64: (text) => new TextEncoder().encode(text).toBase64(),
  "base64 of the rest": (text) => new TextEncoder().encode(`x${text}`).toBase64({ alphabet: "base64url" }),
  "base64 after two": (text) => new TextEncoder().encode(`xy${text}`).toBase64(),
  json: (text) => JSON.stringify(JSON.stringify(text)),
  html: (text) => text.replace(/[&<>"'/]/g, (sign) => `&#${sign.charCodeAt(0)};`),
  hex: (text) => new TextEncoder().encode(text).toHex(),
};

/** The running servers, `host:port` each. */
export interface EchoForms {
  grpc: string;
  http: string;
  /** All that came. */
  heard: string[];
  /** Resolves once `has` holds and each piece of each path called from now on was quoted, once or in every form. */
  quoted(pieces: "once" | "in every form", has: () => boolean): Promise<void>;
}

/** Most characters of a part that are quoted: speech is long. */
const MOST_QUOTED = 360;

/** What a request is answered with: a piece of it that a line of 200 characters can hold, in one of `forms` forms. */
interface Turn {
  piece: string;
  form: number;
}

/** Answers the requests of a path with each piece of them in turn, each time around in another form. */
class Turns {
  readonly #paths = new Map<string, { turn: number; once: boolean; all: boolean }>();
  readonly #waiting: (() => void)[] = [];

  next(path: string, parts: readonly string[], forms: number): Turn {
    const pieces = parts.flatMap((part) => part.slice(0, MOST_QUOTED).match(/[^]{1,60}/g) ?? []);
    const count = Math.max(1, pieces.length);
    const { turn, once, all } = this.#paths.get(path) ?? { turn: 0, once: false, all: false };
    const next = turn + 1;
    this.#paths.set(path, { turn: next, once: once || next >= count, all: all || next >= count * forms });
    for (const look of this.#waiting) look();
    return { piece: pieces[turn % count] ?? "", form: (turn + Math.floor(turn / count)) % forms };
  }

  quoted(pieces: "once" | "in every form", has: () => boolean): Promise<void> {
    this.#paths.clear();
    // Pages of metrics are looked for beside the calls, a few times only.
    const called = () => [...this.#paths].filter(([path]) => !path.endsWith("/metrics"));
    const isDone = () => called().every(([, { once, all }]) => pieces === "once" ? once : all);
    return new Promise((resolve) => this.#waiting.push(() => isDone() && has() && resolve()));
  }
}

/** Both servers for the time of `body`; `login` is the token that a login gives. */
export async function withEchoForms(
  write: Write,
  login: string,
  body: (echo: EchoForms) => Promise<void>,
): Promise<void> {
  const heard: string[] = [];
  const turns = new Turns();
  const grpc = new GrpcEcho(write, heard, turns);
  const port = await grpc.listen({ hostname: "127.0.0.1", port: 0 });
  const web = httpServer(write, heard, turns, login);
  await new Promise<void>((ready) => web.listen(0, "127.0.0.1", ready));
  try {
    await body({
      grpc: `127.0.0.1:${port}`,
      http: `127.0.0.1:${(web.address() as AddressInfo).port}`,
      heard,
      quoted: (pieces, has) => turns.quoted(pieces, has),
    });
  } finally {
    web.closeAllConnections();
    await new Promise((closed) => web.close(closed));
    await grpc.close();
  }
}

function fieldsOf(headers: Readonly<Record<string, string | string[] | undefined>>): string[] {
  return Object.entries(headers).filter(([key]) => !/^(:|host$|connection$|content-length$|te$|grpc-)/.test(key))
    .map(([key, value]) => `${key}: ${value}`);
}

/** Every call fails: with a message, or with words in its `grpc-status-details-bin` alone. */
class GrpcEcho extends WireServer {
  constructor(readonly write: Write, readonly heard: string[], readonly turns: Turns) {
    super();
  }

  override handlerFor(path: string): Handle {
    return (call) => {
      let ended = false;
      const answer = (sent: string) => {
        if (ended) return;
        ended = true;
        const headers = call.metadata.map(([key, value]) => `${key}: ${value}`);
        this.heard.push(...headers, sent);
        const { piece, form } = this.turns.next(path, [...headers, sent], 2);
        const words = `you sent ${this.write(piece)}`;
        if (form === 0) call.end(StatusCode.INVALID_ARGUMENT, words);
        else call.end(StatusCode.INVALID_ARGUMENT, "", [["grpc-status-details-bin", statusOf(words).toBase64()]]);
      };
      return {
        message: (bytes) => answer(new TextDecoder().decode(bytes)),
        halfClose: () => answer(""),
        cancel() {},
        drain() {},
      };
    };
  }
}

/** `google.rpc.Status` with a code and a message. */
function statusOf(words: string): Uint8Array {
  const text = new TextEncoder().encode(words.slice(0, 120));
  return Uint8Array.of(8, 3, 18, text.length, ...text.slice(0, 127));
}

function httpServer(write: Write, heard: string[], turns: Turns, login: string): http.Server {
  const server = http.createServer(async (request, response) => {
    let sent = "";
    try {
      for await (const chunk of request) sent += new TextDecoder().decode(chunk);
    } catch {
      return; // The run has ended, and the client is gone.
    }
    const url = request.url ?? "";
    heard.push(url, JSON.stringify(request.headers), sent);
    if (url.startsWith("/login")) {
      return void response.writeHead(200).end(JSON.stringify({ access_token: login, refresh_token: `${login}-r` }));
    }
    const parts = [url, ...fieldsOf(request.headers), sent];
    const { piece, form } = turns.next(url.split("?")[0] as string, parts, FORMS);
    fail(response, form, `you sent ${write(piece)}`);
  });
  server.on("upgrade", (request, socket: Socket) => upgrade(request, socket, write, heard, turns));
  return server;
}

const FORMS = 5;

/** A JSON error, plain text, a page, a redirect, or an error in a stream of events. */
function fail(response: http.ServerResponse, form: number, words: string): void {
  const error = { error: { message: words, type: "invalid" } };
  if (form === 0) response.writeHead(401, { "content-type": "application/json" }).end(JSON.stringify(error));
  else if (form === 1) response.writeHead(500, { "content-type": "text/plain" }).end(words);
  else if (form === 2) response.writeHead(500, { "content-type": "text/html" }).end(`<!doctype html><title>${words}`);
  else if (form === 3) {
    response.writeHead(302, { location: `/${encodeURIComponent(words)}?${encodeURIComponent(words)}` }).end();
  } else response.writeHead(200, { "content-type": "text/event-stream" }).end(`data: ${JSON.stringify(error)}\n\n`);
}

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Refuses the handshake, closes with a reason, or sends an error. */
function upgrade(request: http.IncomingMessage, socket: Socket, write: Write, heard: string[], turns: Turns): void {
  socket.on("error", () => {});
  const url = request.url ?? "";
  heard.push(url, JSON.stringify(request.headers));
  const parts = [url, ...fieldsOf(request.headers)];
  const refused = turns.next(`handshake of ${url.split("?")[0]}`, parts, 2);
  if (refused.form === 0) {
    const text = JSON.stringify({ error: `you sent ${write(refused.piece)}` });
    const head = `HTTP/1.1 403 No\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n`;
    return void socket.end(head + text);
  }
  const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}${GUID}`).digest("base64");
  socket.write(
    `HTTP/1.1 101 Yes\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
  );
  socket.once("data", (frame: Uint8Array) => {
    const message = unmasked(frame);
    heard.push(message);
    // Each message has pieces of its own: there are two.
    const { piece, form } = turns.next(message.slice(0, 5), [message, ...parts], 2);
    const words = new TextEncoder().encode(write(piece)).subarray(0, 120);
    if (form === 0) return void socket.end(unmaskedFrame(0x88, Uint8Array.of(0x03, 0xf0, ...words)));
    const error = JSON.stringify({ type: "error", message: new TextDecoder().decode(words) });
    socket.end(unmaskedFrame(0x81, new TextEncoder().encode(error)));
  });
}

function unmaskedFrame(first: number, payload: Uint8Array): Uint8Array {
  const length = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 255];
  return Uint8Array.of(first, ...length, ...payload);
}

/** The payload of a client's first frame. */
function unmasked(frame: Uint8Array): string {
  const short = (frame[1] as number) & 0x7f;
  const at = short < 126 ? 2 : short === 126 ? 4 : 10;
  const mask = frame.subarray(at, at + 4);
  return new TextDecoder().decode(frame.subarray(at + 4).map((byte, i) => byte ^ (mask[i % 4] as number)));
}
