/** Which tasks a service can do in the protocol it speaks. */
import type { Protocol } from "./protocols.ts";
import { DEFAULT_TASK, type ServiceKind, type TaskName, TASKS } from "./tasks.ts";

const of = (kind: ServiceKind): TaskName[] =>
  (Object.keys(TASKS) as TaskName[]).filter((name) => TASKS[name].services.join() === kind);

const SPEECH = [...of("stt"), ...of("tts")];

/** The tasks of each protocol; a `voice_turn` is made of those of three services. */
export const SUPPORTED_TASKS: Readonly<Record<Protocol, readonly TaskName[]>> = {
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
  return (Object.keys(SUPPORTED_TASKS) as Protocol[]).filter((protocol) => SUPPORTED_TASKS[protocol].includes(task));
}

/** What differs from June's defaults: June's own servers do not stream speech out, OpenAI transcribes whole files. */
const OTHER_DEFAULTS: Readonly<Partial<Record<Protocol, Partial<Record<ServiceKind, TaskName>>>>> = {
  riva: { tts: "tts.synthesize_stream" },
  openai: { stt: "stt.recognize", tts: "tts.synthesize_stream" },
};

/** The task a service's weight stands for where a scenario names no mix. */
export function defaultTask(kind: ServiceKind, protocol: Protocol): TaskName {
  return OTHER_DEFAULTS[protocol]?.[kind] ?? DEFAULT_TASK[kind];
}
