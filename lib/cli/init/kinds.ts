/** The services that `init` knows: their flags, and their scenario lines before it contacts them. */
import type { Protocol } from "../../plan/protocols.ts";
import { type InitService, juneService } from "../../scenario/init.ts";

/** One flag of `init`. */
export interface InitKind {
  flag: string;
  /** The question on a terminal. */
  question: string;
  group: InitService["group"];
  /** Key of the service in the file. */
  name: string;
  protocol: Protocol;
  /** Keys that a service needs besides its address; used only to contact it. */
  least: Readonly<Record<string, unknown>>;
  /** Keys that `init` always writes. */
  lines: readonly string[];
  /** Keys that `init` writes when it found nothing out. */
  guess: readonly string[];
  tasks: InitService["tasks"];
  rules: InitService["rules"];
}

const llm = { group: "grpc", tasks: { "llm.chat_stream": 30 }, rules: ["p95(response_time, llm.*) < 2s"] } as const;
const stt = {
  group: "grpc",
  name: "stt",
  tasks: { "stt.recognize_stream": 20 },
  rules: ["p95(response_time, stt.recognize_stream) < 2s"],
} as const;
const tts = {
  group: "grpc",
  name: "tts",
  tasks: { "tts.synthesize_stream": 20 },
  rules: ["p95(response_time, tts.*) < 2s"],
} as const;

const june = (kind: "llm" | "stt" | "tts", name: string, question: string): InitKind => {
  const { lines, tasks, rules } = juneService(name, kind);
  return {
    flag: `june-${kind}`,
    question,
    group: "grpc",
    name,
    protocol: "june",
    least: {},
    lines: lines.slice(1),
    guess: [],
    tasks,
    rules,
  };
};

const call = (protocol: "grpc" | "rest" | "websocket") => ({
  group: "calls",
  name: `my_${protocol}`,
  protocol,
  tasks: { [`call@my_${protocol}`]: 10 },
  rules: [`p95(response_time, ${protocol} *) < 2s`],
} as const);
const MODEL = ["model: default # write the name of the model here"];

/** In the order of the questions. */
export const INIT_KINDS: readonly InitKind[] = [
  {
    ...llm,
    flag: "triton",
    question: "Triton (TensorRT-LLM, vLLM and others), HOST:PORT of its gRPC",
    name: "tensorrt_llm",
    protocol: "triton",
    least: {},
    lines: [],
    guess: ["model: ensemble", "max_tokens: 128"],
  },
  {
    ...llm,
    flag: "openai",
    question: "Language model with OpenAI's interface (vLLM, NIM, llama.cpp), URL",
    name: "llm",
    protocol: "openai",
    least: { model: "" },
    lines: ["max_tokens: 128", '# auth: { bearer: "${API_KEY}" }'],
    guess: MODEL,
  },
  june("llm", "inference_api", "June's own language model service, HOST:PORT"),
  {
    ...stt,
    flag: "riva-asr",
    question: "Riva's speech recognition, HOST:PORT",
    protocol: "riva",
    least: {},
    lines: ['pacing: real_time # like a microphone; "fast" sends a clip at once'],
    guess: ["language: en-US"],
  },
  {
    ...stt,
    flag: "openai-stt",
    question: "Speech recognition with OpenAI's interface, URL",
    protocol: "openai",
    least: { model: "" },
    lines: [],
    guess: MODEL,
    tasks: { "stt.recognize": 20 },
    rules: ["p95(response_time, stt.*) < 2s"],
  },
  june("stt", "stt", "June's speech recognition, HOST:PORT"),
  {
    ...tts,
    flag: "riva-tts",
    question: "Riva's speech synthesis, HOST:PORT",
    protocol: "riva",
    least: {},
    lines: [],
    guess: ["language: en-US"],
  },
  {
    ...tts,
    flag: "openai-tts",
    question: "Speech synthesis with OpenAI's interface, URL",
    protocol: "openai",
    least: { model: "" },
    lines: [],
    guess: [...MODEL, "voice: alloy"],
  },
  june("tts", "tts", "June's speech synthesis, HOST:PORT"),
  {
    ...call("grpc"),
    flag: "grpc",
    question: "Any other gRPC server, HOST:PORT",
    least: { exchanges: [{ method: "your.Service/Method" }] },
    lines: [],
    guess: ["exchanges:", "  - method: your.Service/Method # write the method to call here"],
  },
  {
    ...call("rest"),
    flag: "rest",
    question: "An HTTP service, URL",
    least: { exchanges: [{ path: "/" }] },
    lines: [],
    guess: ["exchanges:", "  - path: / # write the path to request here"],
  },
  {
    ...call("websocket"),
    flag: "websocket",
    question: "A WebSocket service, URL such as ws://host/path",
    least: { exchanges: [{ text: "hello" }] },
    lines: ["exchanges:", '  - text: "hello {{seq}}" # the message to send; the next message is its answer'],
    guess: [],
  },
];
