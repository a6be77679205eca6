/** What june-load adds to a request of HTTP, piece by piece, with no network: `deno task bench`. */
import { TextStream } from "../lib/driver/openai/text_replies.ts";
import type { Marks } from "../lib/driver/driver.ts";
import { type Carried, HttpConnection } from "../lib/transport/http/connection.ts";
import { RequestHeads } from "../lib/transport/http/request_head.ts";
import type { ByteSocket } from "../lib/transport/socket/byte_socket.ts";

const REPLY = new TextEncoder().encode(
  "HTTP/1.1 200 OK\r\ndate: Thu, 26 Nov 2026 10:00:00 GMT\r\ncontent-type: application/json\r\n" +
    "server: uvicorn\r\ncontent-length: 17\r\n\r\nhello hello hello",
);

/** A peer that answers each write at once. */
class EchoSocket implements ByteSocket {
  #waiting: ((count: number) => void) | null = null;
  #into: Uint8Array = new Uint8Array(0);

  read(into: Uint8Array): Promise<number> {
    this.#into = into;
    return new Promise((resolve) => this.#waiting = resolve);
  }

  write(bytes: Uint8Array): Promise<number> {
    this.#into.set(REPLY);
    this.#waiting?.(REPLY.length);
    return Promise.resolve(bytes.length);
  }

  close(): void {}
}

const heads = new RequestHeads("localhost");
const headers = [["content-type", "application/json"], ["authorization", "Bearer key"]] as const;
const body = new Uint8Array(200);
const request = { method: "POST", path: "/v1/chat/completions", headers, body };

Deno.bench("encode the head of a request", () => void heads.encode(request));

let freed = () => {};
const connection = new HttpConnection(new EchoSocket(), { free: () => freed(), closed() {} });
const carried: Carried = {
  handedOver() {},
  uploaded() {},
  headers() {},
  data() {},
  complete() {},
  abandoned() {},
  lost() {},
};

Deno.bench("a request and its reply over HTTP/1.1", () =>
  new Promise<void>((done) => {
    freed = done;
    connection.carry(carried, "POST", heads.encode(request), body);
  }));

const marks: Marks = { sent() {}, speechEnd() {}, content() {}, paced() {}, end() {} };
const stream = new TextStream(marks);
const chunk = new TextEncoder().encode(
  'data: {"id":"chatcmpl-0123456789abcdef","object":"chat.completion.chunk","created":1795688099,"model":"m",' +
    '"choices":[{"index":0,"delta":{"content":" word"},"logprobs":null,"finish_reason":null}]}\n\n',
);

Deno.bench("an event of a chat stream, 200 bytes: lines, JSON, its content", () => stream.data(chunk));
