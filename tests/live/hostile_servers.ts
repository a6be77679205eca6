/** Servers on real sockets whose every word is an attack: on a page, on a terminal, on whoever keeps texts without a limit. */
import { GenerationResponse, HealthResponse } from "../../proto/llm.ts";
import {
  data,
  headers as headersOf,
  longHeaders,
  type PeerRequest,
  REPLY,
  withScriptedPeer,
} from "../conformance/scripted_peer.ts";

/** What a script of theirs would print, and the file that a picture of theirs would be. */
export const MARK = "pwned";

/** Markup that says by its first word which of the servers' texts it stood in. */
export function markup(where: string): string {
  return `${where} <img src=/${MARK} onerror="console.log('${MARK}');alert(1)"></script><script>console.log("${MARK}")</script>` +
    `<svg onload=console.log("${MARK}")><a href="javascript:console.log('${MARK}')">here</a>`;
}

/** For a terminal: its title, its colours, its screen; and letters that turn the line around. */
const CONTROL = `\u001b]0;${MARK}\u0007\u001b[2J\u001b[31m\u009b5m\u202e\u2066\u0000\r\n\b${MARK}`;
/** Half of a character, and a line that no screen holds. */
const LONG = `\ud83d${"long ".repeat(20_000)}`;

/** Texts of one place, in turn. */
export const textsOf = (where: string): string[] => [
  markup(where),
  `${where} ${CONTROL}`,
  `${where} ${LONG}`,
  `javascript:console.log("${MARK}")`,
];

/** Where they are, `host:port` each. */
export interface Hostile {
  grpc: string;
  http: string;
}

/** Runs the servers while `body` runs. */
export async function withHostileServers(body: (hostile: Hostile) => Promise<void>): Promise<void> {
  const ending = new AbortController();
  const listening = { hostname: "127.0.0.1", port: 0, signal: ending.signal, onListen() {} };
  const { addr: { port }, finished } = Deno.serve(listening, answerer());
  try {
    await withScriptedPeer(grpcAnswerer(), (grpc) => body({ grpc, http: `127.0.0.1:${port}` }));
  } finally {
    ending.abort();
    await finished;
  }
}

/** A scenario file that calls all of them; each fails in its own ways, speech and language are answered now and then. */
export const scenarioFor = ({ grpc, http }: Hostile, duration = "3s"): string =>
  JSON.stringify({
    services: {
      grpc: {
        llm: { host: grpc },
        stt: { protocol: "openai", host: `http://${http}/v1`, model: "ears" },
        tts: { protocol: "openai", host: `http://${http}/v1`, model: "mouth" },
      },
      calls: {
        socket: {
          protocol: "websocket",
          host: http,
          exchanges: [{ name: "POST /api/v1/conversations/{conversation_id}/messages", text: "hello" }],
        },
      },
    },
    // Pictures are most of what a report costs, and the charts of its page are drawn all the same.
    reports: { include_charts: false },
    scenarios: {
      hostile: {
        users: 8,
        spawn_rate: 100,
        duration,
        grace: "1s",
        think_time: "20ms-60ms",
        after_failure: "0s",
        tasks: {
          "llm.generate": 1,
          "llm.chat_stream": 1,
          "stt.recognize": 1,
          "tts.synthesize": 1,
          "call@socket": 1,
        },
        thresholds: ["p95(response_time, llm.*) < 2s", "error_rate < 90%", "wer < 300%"],
      },
    },
  });

/** Each text once before the first comes again. */
function turns<One>(list: readonly One[]): () => One {
  let next = 0;
  return () => list[next++ % list.length] as One;
}

/** A service of June's: tokens, error texts, and trailers. */
function grpcAnswerer(): (request: PeerRequest) => Promise<void> {
  const token = turns(textsOf("token"));
  const fault = turns([...textsOf("fault").map(percent), "%ff%fe%c0%af%ed%a0%80 fault", "%", "%zz"]);
  const name = turns(textsOf("named"));
  const way = turns(["answer", "fault", "details", "half"] as const);
  const known = new Set<number>();
  return async ({ stream, send, connection }) => {
    // Whoever connects asks first how it is; this peer cannot read what it is asked.
    if (!known.has(connection)) {
      known.add(connection);
      return await send(
        headersOf(stream, REPLY),
        message(stream, HealthResponse.encode({ healthy: true, model_name: name(), version: markup("version") })),
        headersOf(stream, { "grpc-status": "0" }, true),
      );
    }
    const trailers = { "x-model": latin(markup("trailer")) };
    switch (way()) {
      case "answer":
        return await send(
          headersOf(stream, { ...REPLY, "x-model": latin(markup("header")) }),
          message(stream, GenerationResponse.encode({ text: token() })),
          headersOf(stream, { "grpc-status": "0", ...trailers }, true),
        );
      case "fault":
        return await send(
          headersOf(stream, REPLY),
          [...longTrailers(stream, { "grpc-status": "13", "grpc-message": fault(), ...trailers })],
        );
      case "details":
        // A status in its richer form, whose text is no UTF-8.
        return await send(
          headersOf(stream, REPLY),
          headersOf(stream, { "grpc-status": "3", "grpc-status-details-bin": statusOf("details") }, true),
        );
      case "half":
        return await send(headersOf(stream, { ":status": "502", "content-type": latin(markup("type")) }, true));
    }
  };
}

/** One gRPC message in as many frames as it takes. */
function message(stream: number, bytes: Uint8Array): number[] {
  const prefix = [0, bytes.length >>> 24, (bytes.length >> 16) & 255, (bytes.length >> 8) & 255, bytes.length & 255];
  const whole = [...prefix, ...bytes];
  const frames: number[] = [];
  for (let at = 0; at < whole.length; at += 16_384) frames.push(...data(stream, whole.slice(at, at + 16_384)));
  return frames;
}

/** Trailers of any length; they end the stream. */
function longTrailers(stream: number, fields: Record<string, string>): number[] {
  const frames = longHeaders(stream, fields);
  // END_STREAM stands in the first frame, whatever follows it.
  frames[4] = (frames[4] as number) | 1;
  return frames;
}

/** As grpc-message writes text that is not ASCII. Header fields of this peer are short of 16 KiB. */
function percent(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x25 ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, "0")}`
  ).join("").slice(0, 12_000);
}

const latin = (text: string) => text.replaceAll(/[^\x20-\x7e]/g, "?");

/** `google.rpc.Status` with a code and a message whose last byte begins a character that does not come. */
function statusOf(where: string): string {
  const text = [...new TextEncoder().encode(`${where} <img src=/${MARK} onerror=alert(1)>`), 0xf0];
  return Uint8Array.from([8, 3, 18, text.length, ...text]).toBase64();
}

/** A server with OpenAI's interface, and a WebSocket that closes with a reason. */
function answerer(): (request: Request) => Promise<Response> {
  // The worst transcripts are kept: all are as bad.
  const heard = `${markup("heard")} ${CONTROL} ${LONG}`;
  const failed = turns(failures());
  const reason = turns([markup("reason").slice(0, 120), `reason \u001b]0;${MARK}\u0007\u202e`, "reason \u{1f600}"]);
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (request.headers.get("upgrade") === "websocket") {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onmessage = () => socket.close(4001, reason());
      return response;
    }
    await request.body?.cancel();
    if (pathname.endsWith("/models")) return Response.json({ data: textsOf("model").map((id) => ({ id })) });
    if (pathname.endsWith("/transcriptions")) return Response.json({ text: heard });
    // It is looked for beside the calls, and takes none of their failures.
    if (pathname.endsWith("/metrics")) return new Response(pageOfMetrics());
    return failed()();
  };
}

/** A page of metrics with such texts in its labels. */
function pageOfMetrics(): string {
  const escaped = (text: string) => text.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n");
  return textsOf("label").map((text) => `vllm:num_requests_running{model_name="${escaped(text)}"} 1\n`).join("");
}

/** Failures as services write them: as JSON, as a page, in a header, and in bytes that are no text. */
function failures(): Array<() => Response> {
  const page = { status: 503, headers: { "content-type": "text/html" } };
  return [
    ...textsOf("body").flatMap((text) => [
      () => Response.json({ error: { message: text, type: text } }, { status: 500 }),
      () => new Response(`<html><title>${text}</title>${text}</html>`, page),
    ]),
    () => new Response(Uint8Array.of(0xff, 0xfe, 0xed, 0xa0, 0x80, 0x1b, 0x5d, 0x30, 0x3b), { status: 400 }),
    () => new Response("", { status: 429, headers: { "retry-after": latin(markup("retry")) } }),
  ];
}
