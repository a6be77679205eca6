/** A server with OpenAI's interface and models of several kinds, as many voice servers are. */
import { wavHead } from "../../../lib/base/wav.ts";
import { joinBytes } from "../../../lib/base/bytes.ts";

/** What the server has. */
export interface SpeechServerSetup {
  /** Names by task: which models answer to it. */
  llm?: readonly string[];
  stt?: readonly string[];
  tts?: readonly string[];
  /** Order of the list of models; default: as above. */
  listed?: readonly string[];
  voices?: unknown;
  /** Sample rate of its speech; Hz. */
  rate_hz?: number;
  /** Answers chats for any model, as llama.cpp does. */
  anyChat?: boolean;
}

/** A running server. */
export interface SpeechServer extends AsyncDisposable {
  url: string;
  address: string;
  /** `POST /v1/audio/speech piper` and so on, in the order of arrival. */
  asked: string[];
}

const refused = (model: string, what: string) =>
  Response.json({ error: { message: `The model ${model} does not support ${what}` } }, { status: 400 });

/** Starts it on a free port. */
export function openSpeechServer(setup: SpeechServerSetup): SpeechServer {
  const { llm = [], stt = [], tts = [], voices, rate_hz = 22_050, anyChat = false } = setup;
  const asked: string[] = [];
  const answer = async (request: Request): Promise<Response> => {
    const path = new URL(request.url).pathname;
    const model = request.method === "GET" ? "" : await modelOf(request.clone());
    asked.push(`${request.method} ${path} ${model}`.trim());
    switch (path) {
      case "/v1/models":
        return Response.json({ data: (setup.listed ?? [...llm, ...stt, ...tts]).map((id) => ({ id })) });
      case "/v1/audio/voices":
        return voices === undefined ? new Response("no", { status: 404 }) : Response.json(voices);
      case "/v1/chat/completions":
        if (!anyChat && !llm.includes(model)) return refused(model, "chat");
        return Response.json({ choices: [{ message: { content: "Hi" }, finish_reason: "length" }] });
      case "/v1/audio/transcriptions":
        return stt.includes(model) ? Response.json({ text: "please" }) : refused(model, "transcription");
      case "/v1/audio/speech":
        if (!tts.includes(model)) return refused(model, "speech");
        return (await request.json()).stream_format === "sse" ? eventsOf(rate_hz) : new Response(wavOf(rate_hz));
    }
    return new Response("not found", { status: 404 });
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
  const address = `127.0.0.1:${server.addr.port}`;
  return { url: `http://${address}/v1`, address, asked, [Symbol.asyncDispose]: () => server.shutdown() };
}

async function modelOf(request: Request): Promise<string> {
  if (request.headers.get("content-type")?.startsWith("multipart/") === true) {
    return String((await request.formData()).get("model"));
  }
  return String((await request.json()).model);
}

/** Events with raw samples, whatever format is asked for. */
function eventsOf(rate_hz: number): Response {
  const delta = { type: "speech.audio.delta", audio: wavOf(rate_hz).subarray(44).toBase64() };
  const events = [delta, { type: "speech.audio.done" }].map((event) => `data: ${JSON.stringify(event)}\n\n`);
  return new Response(events.join(""), { headers: { "content-type": "text/event-stream" } });
}

function wavOf(rate_hz: number): Uint8Array<ArrayBuffer> {
  const samples = new Uint8Array(2 * rate_hz).fill(7);
  return new Uint8Array(joinBytes(wavHead(rate_hz, samples.length), samples));
}
