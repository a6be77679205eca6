/** The catalogue of tasks: what a user can be told to do, and whom each calls. */

/** What a service does. */
export type ServiceKind = VoiceKind | "call";
/** The kinds of service a voice assistant is made of. */
export type VoiceKind = "stt" | "llm" | "tts";

/** Facts about one task. */
export interface TaskFacts {
  /** Whom it calls, in this order. */
  services: readonly ServiceKind[];
  /** Sends several messages. */
  request_stream: boolean;
  /** Receives several messages, so that first message and gaps are measured. */
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

/** Every task, by name; the name is also the operation under which reports group its calls. */
export const TASKS = {
  "stt.recognize": facts("stt", false, false, "send one clip, wait for its transcript"),
  "stt.recognize_stream": facts("stt", true, true, "speak one clip, read partial and final transcripts"),
  "stt.health": facts("stt", false, false, "ask the speech-to-text service's health"),
  "llm.generate": facts("llm", false, false, "complete one prompt"),
  "llm.generate_stream": facts("llm", false, true, "complete one prompt, read it as it is made"),
  "llm.chat": facts("llm", false, false, "answer one chat"),
  "llm.chat_stream": facts("llm", false, true, "answer one chat, read it as it is made"),
  "llm.embed": facts("llm", false, false, "embed one text"),
  "llm.health": facts("llm", false, false, "ask the language model service's health"),
  "tts.synthesize": facts("tts", false, false, "speak one sentence, wait for its audio"),
  "tts.synthesize_stream": facts("tts", true, true, "speak one sentence, read its audio as it is made"),
  "tts.health": facts("tts", false, false, "ask the text-to-speech service's health"),
  "call": facts("call", false, false, "do one of the calls that the service's settings name"),
  "voice_turn": {
    services: ["stt", "llm", "tts"],
    request_stream: true,
    reply_stream: true,
    summary: "speak one clip, have it answered, hear the answer: one turn of a conversation",
  },
} as const satisfies Record<string, TaskFacts>;

/** Name of a task. */
export type TaskName = keyof typeof TASKS;

/** The task a service's weight stands for where a scenario names no mix; `defaultTask` knows where protocols differ. */
export const DEFAULT_TASK: Record<ServiceKind, TaskName> = {
  stt: "stt.recognize_stream",
  llm: "llm.chat_stream",
  tts: "tts.synthesize",
  call: "call",
};
