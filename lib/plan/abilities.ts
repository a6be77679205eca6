/** Which tasks a service can do in the protocol it speaks. */
import type { Protocol } from "./protocols.ts";
import { type ServiceKind, type TaskName, TASKS } from "./tasks.ts";

const of = (kind: ServiceKind): TaskName[] =>
  (Object.keys(TASKS) as TaskName[]).filter((name) => TASKS[name].services.join() === kind);

const SPEECH = [...of("stt"), ...of("tts")];

/** The tasks of each protocol; a `voice_turn` is made of those of three services. */
export const ABILITIES: Readonly<Record<Protocol, readonly TaskName[]>> = {
  june: [...of("stt"), ...of("llm"), ...of("tts")],
  triton: of("llm").filter((name) => name !== "llm.embed"),
  riva: SPEECH,
  openai: [...of("stt"), ...of("llm"), ...of("tts")],
  grpc: ["call"],
  rest: ["call"],
  websocket: ["call"],
};

/** The protocols that can do a task. */
export function protocolsOf(task: TaskName): Protocol[] {
  return (Object.keys(ABILITIES) as Protocol[]).filter((protocol) => ABILITIES[protocol].includes(task));
}

/**
 * The task a service's weight stands for where a scenario names no mix. June's own servers do not stream speech out,
 * and OpenAI's transcription takes whole files.
 */
export function defaultTask(kind: ServiceKind, protocol: Protocol): TaskName {
  switch (kind) {
    case "llm":
      return "llm.chat_stream";
    case "stt":
      return protocol === "openai" ? "stt.recognize" : "stt.recognize_stream";
    case "tts":
      return protocol === "june" ? "tts.synthesize" : "tts.synthesize_stream";
    case "call":
      return "call";
  }
}
