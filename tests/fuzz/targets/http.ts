/** What servers send. */
import { compressedAudio } from "../../../lib/driver/speech/compressed.ts";
import { sniffFormat } from "../../../lib/driver/speech/audio_format.ts";
import { describeStatus } from "../../../lib/driver/http/outcome.ts";
import { MAX_SERVICE_KEY, MAX_SERVICE_VALUES } from "../../../lib/measure/service_series.ts";
import { PageReader } from "../../../lib/resources/metrics/page_reader.ts";
import { SseReader } from "../../../lib/driver/openai/sse.ts";
import { HttpFault, ReplyParser } from "../../../lib/transport/http/reply_parser.ts";
import { Opcode } from "../../../lib/transport/websocket/frames.ts";
import { MessageReader, WebSocketFault } from "../../../lib/transport/websocket/message_reader.ts";
import { FrameReader } from "../../../lib/transport/wire/frame_reader.ts";
import { ConnectionFault } from "../../../lib/transport/wire/frames.ts";
import { HpackDecoder } from "../../../lib/transport/wire/hpack/decoder.ts";
import { encodeHeaders } from "../../../lib/transport/wire/hpack/encoder.ts";
import { decodePercent } from "../../../lib/transport/wire/grpc/percent.ts";
import { aac, flac, mp3, opus } from "../../driver/speech_frames.ts";
import { pageOf } from "../../resources/metrics/pages.ts";
import { serverFrame, utf8 } from "../../transport/websocket/frames.ts";
import { EXCHANGE } from "../../transport/wire/exchange.ts";
import { meetExchange } from "../../transport/wire/fuzz.ts";
import { latin1, piecesOf, type Target, textOf } from "../target.ts";

const repeated = (piece: string, before = "") => (size: number) =>
  before + piece.repeat(Math.ceil(size / piece.length));
const nothing = () => {};

const CHUNKED = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nx: y\r\n\r\n5;a=b\r\nhello\r\n0\r\nt: u\r\n\r\n";
const SETTINGS_BYTES = 9 + 12;

/** Two scrapes with metrics that a plan asks for and that presets know. */
function readPages(input: Uint8Array): void {
  const reader = new PageReader({ preset: null, series: ["a", "h"] });
  const text = textOf(input);
  for (const [at, page] of [text, text.slice(text.length >> 1), text].entries()) {
    const { values } = reader.read(page, at * 1000);
    if (values === null) continue;
    const keys = Object.keys(values);
    if (keys.length > MAX_SERVICE_VALUES || keys.some((key) => key.length > MAX_SERVICE_KEY)) {
      throw new Error("too many");
    }
    // A result must hold it.
    for (const value of Object.values(values)) {
      if (value !== null && !Number.isFinite(value)) throw new Error("no number");
    }
  }
}

export const HTTP_TARGETS: readonly Target[] = [
  {
    name: "pages of metrics",
    seeds: ["triton_2", "node_1", "llama_cpp_2", "vllm_2", "dcgm"].map(pageOf).concat(
      '# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 3\nh_sum 4\nh_count 3\n{"a.b", x="\\n"} NaN 3 # {} 1\n# EOF\n',
    ),
    words: [
      "{",
      "}",
      '"',
      "\\",
      ",",
      "=",
      "\n",
      "# TYPE a counter\n",
      'le="',
      "+Inf",
      "NaN",
      "1e999",
      "a_total 1\n",
      "__proto__",
    ],
    read: readPages,
    growing: [
      repeated("a 1\n"),
      repeated('x="1",', "a{"),
      repeated("\\", 'a{x="'),
      repeated("{"),
      repeated(" "),
      repeated("# TYPE a b\n"),
      repeated("9", "a "),
      (size) => Array.from({ length: size >> 4 }, (_, i) => `a{x="${i}"} ${i}\n`).join(""),
    ],
  },
  {
    name: "SSE",
    seeds: ['event: x\nid: 7\ndata: {"a": 1}\n\n: keep\r\ndata: b\r\rdata: [DONE]\n\n', "\ufeffdata: x\n\n"],
    words: ["data: ", "\n", "\r", "\r\n", "event: error\n", "[DONE]", ":", "retry: 1\n", "\0"],
    read(input, next) {
      const reader = new SseReader(nothing);
      for (const piece of piecesOf(input, next)) reader.push(piece);
      reader.finish();
    },
    isRefusal: (error) => error instanceof RangeError,
    growing: [repeated("data\n"), repeated("a"), repeated("\r"), repeated("data: "), repeated("\n")],
  },
  {
    name: "WebSocket frames",
    seeds: [
      serverFrame(Opcode.TEXT, utf8("hällo")),
      serverFrame(Opcode.CLOSE, new Uint8Array([3, 232, 111, 107])),
      serverFrame(Opcode.PING, utf8("x")),
      serverFrame(Opcode.BINARY, new Uint8Array(200)),
    ],
    words: [
      new Uint8Array([0x81, 0x7f]),
      new Uint8Array([0x01, 0x00]),
      new Uint8Array([0x80, 0x00]),
      new Uint8Array([0x88, 0x02]),
    ],
    read(input, next) {
      const sink = { text: nothing, binary: nothing, ping: nothing, pong: nothing, close: nothing };
      const reader = new MessageReader(sink, 100_000);
      for (const piece of piecesOf(input, next)) reader.push(piece);
    },
    isRefusal: (error) => error instanceof WebSocketFault,
    growing: [
      (size) => new Uint8Array(size).fill(0).map((_, at) => at === 0 ? 0x01 : 0x00),
      (size) => Uint8Array.from({ length: size }, (_, at) => at % 2 === 0 ? 0x89 : 0x00),
    ],
  },
  {
    name: "HTTP/1 replies",
    seeds: [
      CHUNKED,
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 404 No\r\ncontent-length: 3\r\n\r\nabc",
      "HTTP/1.1 204 x\r\n\r\n",
    ],
    words: [
      "\r\n",
      "content-length: ",
      "transfer-encoding: chunked\r\n",
      "\n",
      ";",
      "ffffffffff",
      ": ",
      "\0",
      "HTTP/1.1 ",
      "connection: close\r\n",
    ],
    read(input, next) {
      const parser = new ReplyParser({ head: nothing, body: nothing, done: nothing });
      parser.expect("GET");
      for (const piece of piecesOf(input, next)) {
        if (parser.idle) return;
        parser.push(piece, piece.length);
      }
      if (!parser.idle) parser.close();
    },
    isRefusal: (error) => error instanceof HttpFault,
    growing: [
      repeated("a: b\r\n", "HTTP/1.1 200 OK\r\n"),
      repeated("a", "HTTP/1.1 200 OK\r\nx: "),
      repeated("1\r\na\r\n", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"),
      repeated("HTTP/1.1 100 x\r\n\r\n"),
      repeated("\r\n"),
    ],
  },
  {
    name: "HTTP/2 frames",
    seeds: [EXCHANGE],
    read(input, next) {
      const handler = {
        data: nothing,
        headers: nothing,
        reset: nothing,
        settings: nothing,
        settingsAck: nothing,
        ping: nothing,
        goaway: nothing,
        windowUpdate: nothing,
        ignored: nothing,
        streamFault: nothing,
      };
      const reader = new FrameReader(handler);
      let kept = new Uint8Array();
      for (const piece of piecesOf(input, next)) {
        const bytes = new Uint8Array(kept.length + piece.length);
        bytes.set(kept);
        bytes.set(piece, kept.length);
        kept = bytes.subarray(reader.read(bytes, 0, bytes.length));
      }
    },
    isRefusal: (error) => error instanceof ConnectionFault,
    growing: null,
  },
  {
    name: "HTTP/2 exchanges",
    slow: true,
    seeds: [EXCHANGE],
    read: (input, next) =>
      meetExchange(
        Uint8Array.from([...EXCHANGE.subarray(0, SETTINGS_BYTES), ...input.subarray(SETTINGS_BYTES)]),
        next,
        0,
      ),
    growing: null,
  },
  {
    name: "HPACK",
    seeds: [
      encodeHeaders([[":status", "200"], ["x", "y"], ["grpc-status", "0"]]),
      new Uint8Array([0x82, 0x40, 1, 97, 1, 98, 0xbe]),
    ],
    words: [new Uint8Array([0x3f, 0xe1, 0x1f]), new Uint8Array([0xff, 0xff, 0xff, 0x7f]), new Uint8Array([0xbe])],
    read(input) {
      const decoder = new HpackDecoder();
      for (let times = 0; times < 2; times++) decoder.decode(input, 0, input.length, nothing);
    },
    isRefusal: (error) => error instanceof ConnectionFault,
    growing: [(size) => new Uint8Array(size).fill(0xbe), (size) => new Uint8Array(size).fill(0x82)],
  },
  {
    name: "error bodies",
    seeds: [
      '{"error": {"message": "no", "type": "x"}}',
      '{"detail": [{"loc": ["body", 1], "msg": "bad"}]}',
      '{"errors": {"error": {"message": {"detail": {"error": {"reason": {"title": {}}}}}}}}',
      "<!doctype html><title>502</title>",
      "plain",
    ],
    words: ["{", '"error":', "[", "<title>", "null", '"', "\\u0000", "%41"],
    read(input) {
      describeStatus(404, [["retry-after", latin1(input).slice(0, 20)], ["location", latin1(input)]], input, "GET /x");
      decodePercent(textOf(input));
    },
    growing: [
      repeated('{"error":'),
      (size) => `[${'{"error":{"error":{"error":{"error":{}}}}},'.repeat(size / 43)}1]`,
      (size) => `[${`${'{"error":'.repeat(200)}1${"}".repeat(200)},`.repeat(size / 2000)}1]`,
      repeated("["),
      repeated("<", "<html>"),
      repeated("%"),
      repeated("%41"),
      repeated(" "),
    ],
  },
  {
    name: "speech",
    seeds: [mp3(5), aac(5), opus(5), flac(5)],
    words: ["ID3", "OggS", "fLaC", "OpusHead", new Uint8Array([0xff, 0xfb, 0x90]), new Uint8Array([0xff, 0xf1])],
    read(input, next) {
      sniffFormat(input);
      for (const format of ["mp3", "aac", "opus", "flac"] as const) {
        const audio = compressedAudio(format);
        for (const piece of piecesOf(input, next)) {
          if (!(audio.add(piece) >= 0)) throw new Error("a negative length");
        }
      }
    },
    growing: [(size) => new Uint8Array(size).fill(0xff), repeated("OggS"), repeated("fLaC"), repeated("ID3")],
  },
];
