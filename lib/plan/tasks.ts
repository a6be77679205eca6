/** The catalogue of tasks: the actions of a user, and the kinds of service that each task calls. */

/** The kind of a service. */
export type ServiceKind = VoiceKind | "call";
/** The kinds of service in a voice assistant. */
export type VoiceKind = "stt" | "llm" | "tts";

/** Facts about one task. */
export interface TaskFacts {
  /** The kinds of service that it calls, in this order. */
  services: readonly ServiceKind[];
  /** Sends several messages. */
  request_stream: boolean;
  /** Receives several messages, so june-load measures first message and gaps. */
  reply_stream: boolean;
  /** One sentence for help and docs. */
  summary: string;
}

const facts = (service: ServiceKind, request_stream: boolean, reply_stream: boolean, summary: string): TaskFacts => ({
  services: [service],
  request_stream,
  reply_stream,
  summary,
});

/** Every task by name; the name is also the operation in reports. */
export const TASKS = {
  "stt.recognize": facts("stt", false, false, "send one clip, wait for its transcript"),
  "stt.recognize_stream": facts("stt", true, true, "speak one clip, read partial and final transcripts"),
  "stt.health": facts("stt", false, false, "check the health of the speech-to-text service"),
  "llm.generate": facts("llm", false, false, "complete one prompt"),
  "llm.generate_stream": facts("llm", false, true, "complete one prompt, read the text as it is generated"),
  "llm.chat": facts("llm", false, false, "answer one chat"),
  "llm.chat_stream": facts("llm", false, true, "answer one chat, read the text as it is generated"),
  "llm.embed": facts("llm", false, false, "embed one text"),
  "llm.health": facts("llm", false, false, "check the health of the language model service"),
  "tts.synthesize": facts("tts", false, false, "speak one sentence, wait for its audio"),
  "tts.synthesize_stream": facts("tts", true, true, "speak one sentence, read its audio as it is generated"),
  "tts.health": facts("tts", false, false, "check the health of the text-to-speech service"),
  "call": facts("call", false, false, "run one of the service's exchanges"),
  "voice_turn": {
    services: ["stt", "llm", "tts"],
    request_stream: true,
    reply_stream: true,
    summary: "one turn of a conversation: speak one clip, get an answer, hear the answer",
  },
} as const satisfies Record<string, TaskFacts>;

/** Name of a task. */
export type TaskName = keyof typeof TASKS;

/** The task of each kind of service in a scenario without a task mix; `defaultTask` knows the protocols that differ. */
export const DEFAULT_TASK: Record<ServiceKind, TaskName> = {
  stt: "stt.recognize_stream",
  llm: "llm.chat_stream",
  tts: "tts.synthesize",
  call: "call",
};
