/**
 * What can be measured of an operation, known from the plan before its first call. A rule or an objective on anything else
 * names a figure that the operation does not have.
 */
import { matchesGlob } from "./glob.ts";
import type { Objective, Plan, ServicePlan, TaskPlan } from "./plan.ts";
import { PROTOCOL_FACTS } from "./protocol_facts.ts";
import type { CallKind } from "./protocols.ts";
import { type TaskName, TASKS } from "./tasks.ts";
import { type CallFigure, type Distribution, HEADLINE, isOfWholeRun, type Measure } from "./threshold/threshold.ts";

/** What the calls of a task do. */
type Act = "recognise" | "answer" | "embed" | "speak" | "check" | "call" | "turn";

const ACTS: Record<TaskName, Act> = {
  "stt.recognize": "recognise",
  "stt.recognize_stream": "recognise",
  "stt.health": "check",
  "llm.generate": "answer",
  "llm.generate_stream": "answer",
  "llm.chat": "answer",
  "llm.chat_stream": "answer",
  "llm.embed": "embed",
  "llm.health": "check",
  "tts.synthesize": "speak",
  "tts.synthesize_stream": "speak",
  "tts.health": "check",
  "call": "call",
  "voice_turn": "turn",
};

/** What decides which figures the calls of a task can have. */
interface Traits {
  act: Act;
  /** Replies are streams; null: not known before the run. */
  streams: boolean | null;
  /** How speech is sent: not at all, a clip whole, chunk by chunk at full speed, or in real time. */
  speech: "none" | "whole" | "fast" | "real_time";
  /** Transcripts say which part of the audio they cover. */
  covers: boolean;
}

/** Whether an operation can have a figure, and what it takes; null: not known before the run. */
interface Need {
  has(traits: Traits): boolean | null;
  /** In words, after "needs". */
  needs: string;
}

const ALWAYS: Need = { has: () => true, needs: "a call" };
const JUDGED: Need = { has: () => true, needs: "an objective that applies to its calls" };
const STREAM: Need = { has: ({ streams }) => streams, needs: "a reply that is a stream" };
const TURN: Need = { has: ({ act }) => act === "turn", needs: "a voice turn" };
const PLAYED: Need = {
  has: ({ act, streams }) => act === "turn" || (act === "speak" && streams),
  needs: "audio that comes as a stream",
};
const HEARD: Need = { has: ({ act }) => act === "recognise" || act === "turn", needs: "speech to recognise" };
const TEXT: Need = { has: ({ act }) => act === "answer" || act === "turn", needs: "text that a model generates" };

const NEEDS: Record<Distribution | CallFigure, Need> = {
  response_time: ALWAYS,
  latency: ALWAYS,
  service_time: ALWAYS,
  start_delay: ALWAYS,
  first_message: STREAM,
  first_answer: {
    has: ({ act, streams }) => act === "answer" && streams !== false ? null : false,
    needs: "text that comes as a stream, from a server that tells an answer from its reasoning",
  },
  first_partial: {
    has: ({ act, streams }) => act === "recognise" && streams,
    needs: "transcripts that come as a stream",
  },
  gap: STREAM,
  gap_max: STREAM,
  token_time: { has: ({ act, streams }) => act === "answer" && streams, needs: "text that comes as a stream" },
  output_length: TEXT,
  input_length: {
    has: ({ act }) => ["answer", "embed", "speak", "turn"].includes(act),
    needs: "a text to send",
  },
  final_latency: {
    has: ({ act, speech }) => act !== "turn" && speech !== "none",
    needs: "speech to recognise",
  },
  response_latency: {
    has: ({ act, streams, covers }) => act === "recognise" && covers && streams,
    needs: "transcripts that say which audio they cover, as Riva's streams do",
  },
  pacing_error: { has: ({ speech }) => speech === "real_time", needs: "speech sent in real time" },
  real_time_factor: {
    has: ({ act, speech }) => act === "speak" || (act === "recognise" && speech !== "real_time"),
    needs: "speech that is made, or recognised at full speed",
  },
  stall: PLAYED,
  needed_prebuffer: PLAYED,
  voice_to_voice: TURN,
  turn_stt: TURN,
  turn_llm: TURN,
  turn_tts: TURN,
  error_rate: ALWAYS,
  throughput: ALWAYS,
  calls: ALWAYS,
  goodput: JUDGED,
  good_rate: JUDGED,
  dropped: ALWAYS,
  token_rate: TEXT,
  wer: HEARD,
  wer_basic: HEARD,
  stalled: PLAYED,
};

/** Figures that say nearly the same of an operation that lacks one, the nearest first; then the headline's. */
const NEAREST: Partial<Record<Distribution, readonly Distribution[]>> = {
  first_partial: ["first_message"],
  final_latency: ["voice_to_voice"],
  token_time: ["gap"],
};

const REPLIES_STREAM: Record<CallKind, boolean> = {
  unary: false,
  client_stream: false,
  server_stream: true,
  bidi_stream: true,
};

/** The parts of a plan that decide what can be measured. */
export type Measured = Pick<Plan, "tasks" | "services">;

/** The figure that a measure reads of calls; null for one of machines, trends or the whole run. */
export function figureOfCalls(measure: Measure): Distribution | CallFigure | null {
  if ("of" in measure) return measure.kind === "resource" || measure.kind === "drift" ? null : measure.of;
  const { kind } = measure;
  return isOfWholeRun(kind) ? null : kind;
}

/**
 * Whether the calls of an operation can have a figure; null: not known before the run.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makePlan } from "../../tests/result/make_run.ts";
 *
 * const plan = makePlan();
 * assert.equal(canHave(plan, "llm.chat_stream", "first_message"), true);
 * assert.equal(canHave(plan, "tts.synthesize", "final_latency"), false);
 * assert.equal(canHave(plan, "of another plan", "final_latency"), null);
 * ```
 */
export function canHave(plan: Measured, operation: string, figure: Distribution | CallFigure): boolean | null {
  const known = traitsOf(plan, operation).map(NEEDS[figure].has);
  if (known.includes(true)) return true;
  return known.length === 0 || known.includes(null) ? null : false;
}

/** Operations that a rule names. */
export interface Named {
  all: string[];
  /** Those of them that cannot have what it reads. */
  lacking: string[];
}

/** @param operations glob; null: all of the plan */
export function namedBy(plan: Measured, operations: string | null, figure: Distribution | CallFigure): Named {
  const names = [...new Set(plan.tasks.map(({ operation }) => operation))];
  const all = names.filter((name) => operations === null || matchesGlob(operations, name));
  return { all, lacking: all.filter((name) => canHave(plan, name, figure) === false) };
}

/** What it takes to have a figure, in words: `a reply that is a stream`. */
export function needOf(figure: Distribution | CallFigure): string {
  return NEEDS[figure].needs;
}

/** The figure to judge an operation by that lacks one: it says nearly the same. */
export function insteadOf(plan: Measured, operation: string, lacking: Distribution): Distribution {
  return NEAREST[lacking]?.find((of) => canHave(plan, operation, of) === true) ?? HEADLINE;
}

/** Whether an operation speaks clips in real time, so that its duration contains their length. */
export function speaksInRealTime(plan: Measured, operation: string): boolean {
  return traitsOf(plan, operation).some(({ speech }) => speech === "real_time");
}

/**
 * The objectives that each operation can be judged by, an entry for each. Calls of an operation without one are neither
 * good nor bad.
 */
export function objectivesByOperation(plan: Measured & Pick<Plan, "objectives">): Map<string, Objective[]> {
  const names = new Set(plan.tasks.map(({ operation }) => operation));
  return new Map([...names].map((name) => [
    name,
    plan.objectives.filter(({ operations, of }) =>
      (operations === null || matchesGlob(operations, name)) && canHave(plan, name, of) !== false
    ),
  ]));
}

/** The tasks of an operation: several loads may share one. */
function traitsOf({ tasks, services }: Measured, operation: string): Traits[] {
  return tasks.filter((task) => task.operation === operation).map((task) =>
    traitsOfTask(task, services.find(({ name }) => name === task.services[0]))
  );
}

/** @param service the first that it calls: of a voice turn the one that listens */
function traitsOfTask({ name, operation }: TaskPlan, service: ServicePlan | undefined): Traits {
  const act = ACTS[name];
  const speaks = act === "recognise" || act === "turn";
  if (act === "call") return { act, covers: false, ...exchangeOf(operation, service) };
  const { request_stream, reply_stream } = TASKS[name];
  return {
    act,
    streams: reply_stream,
    speech: !speaks ? "none" : !request_stream ? "whole" : pacingOf(service),
    covers: service !== undefined && PROTOCOL_FACTS[service.protocol].transcripts_cover,
  };
}

function pacingOf(service: ServicePlan | undefined): Traits["speech"] {
  return service?.options.kind === "stt" && service.options.pacing === "real_time" ? "real_time" : "fast";
}

/** What an exchange of the scenario's own sends and gets. */
function exchangeOf(operation: string, service: ServicePlan | undefined): Pick<Traits, "streams" | "speech"> {
  const settings = service?.settings;
  switch (settings?.protocol) {
    case "grpc": {
      const kind = settings.exchanges.find(({ name }) => name === operation)?.call_kind;
      return { streams: kind === undefined ? null : REPLIES_STREAM[kind], speech: "none" };
    }
    case "rest": {
      const body = settings.exchanges.find(({ name }) => name === operation)?.body;
      const speaks = body?.kind === "multipart" && body.parts.some(({ kind }) => kind === "clip");
      return { streams: false, speech: speaks ? "whole" : "none" };
    }
    case "websocket": {
      const speaks = settings.exchanges.find(({ name }) => name === operation)?.send.kind === "clip";
      return { streams: true, speech: speaks ? "whole" : "none" };
    }
    case "triton":
    case "riva":
    case "openai":
    case undefined:
      return { streams: null, speech: "none" };
  }
}
