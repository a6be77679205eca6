/** The file that `june-load init` writes: short, commented and a valid scenario. */
import type { VoiceKind } from "../plan/plan.ts";
import { DEFAULT_PORTS } from "./schema/services.ts";

/** One service of the file. */
export interface InitService {
  group: "grpc" | "calls";
  /** Its key in the file. */
  name: string;
  /** Its keys and comments, lines of YAML. */
  lines: string[];
  /** Its entries of the task mix: weight by key. */
  tasks: Readonly<Record<string, number>>;
  /** Thresholds of its own. */
  rules: readonly string[];
  /** It does not answer: the file lists it, but does not call it. */
  idle?: boolean;
}

/** Everything needed to write the file without contacting any service. */
export interface InitOptions {
  /** Name of the scenario. */
  name: string;
  /** Addresses of June's services; an absent one is on this machine. */
  targets: Partial<Record<VoiceKind, string>>;
}

/**
 * A commented scenario file for June's own services.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const file = initTemplate({ name: "my_load", targets: { llm: "gpu1:50051" } });
 * assert.match(file, /host: "gpu1:50051"/);
 * ```
 */
export function initTemplate({ name, targets }: InitOptions): string {
  return initFile(name, (["llm", "stt", "tts"] as const).map((kind) => juneService(kind, kind, targets[kind])));
}

const OWN_LINES: Record<VoiceKind, string[]> = {
  llm: [
    "weight: 30 # share of the mix if a scenario names no tasks",
    "max_tokens: 128",
    "# prompts: prompts.txt # one prompt per line; without it, built-in prompts",
    '# metadata: { authorization: "Bearer ${TOKEN}" }',
    "# tls: true",
  ],
  stt: [
    "weight: 20",
    'pacing: real_time # like a microphone; "fast" sends a clip at once',
    "# clips: clips/ # WAV files; without it, built-in clips",
  ],
  tts: ["weight: 20"],
};

const OWN_LOAD: Record<VoiceKind, Pick<InitService, "tasks" | "rules">> = {
  llm: { tasks: { "llm.chat_stream": 30 }, rules: ["p95(response_time, llm.*) < 2s"] },
  stt: { tasks: { "stt.recognize_stream": 20 }, rules: ["p95(response_time, stt.recognize_stream) < 2s"] },
  tts: { tasks: { "tts.synthesize": 20 }, rules: ["p95(response_time, tts.*) < 2s"] },
};

/** One of June's own services; by default on this machine. */
export function juneService(name: string, kind: VoiceKind, host = `127.0.0.1:${DEFAULT_PORTS[kind]}`): InitService {
  return { group: "grpc", name, lines: [`host: ${JSON.stringify(host)}`, ...OWN_LINES[kind]], ...OWN_LOAD[kind] };
}

/**
 * A commented scenario file with some services.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadScenario } from "./load.ts";
 *
 * const text = initFile("calls", [juneService("llm", "llm", "gpu1")]);
 * const { plan } = loadScenario({ text, file: "calls.yaml", dir: ".", env: {}, cores: 1, overrides: {} });
 * assert.deepEqual(plan.tasks.map(({ operation }) => operation), ["llm.chat_stream"]);
 * ```
 */
export function initFile(name: string, services: readonly InitService[]): string {
  const called = services.filter(({ idle }) => idle !== true);
  const turns = canTalk(called);
  const rules = [
    ...new Set(called.flatMap((service) => service.rules)),
    ...(turns ? ["p95(response_time, voice_turn) < 2s"] : []),
    "error_rate < 1%",
    "load >= 100%",
  ];
  return `# A load test for june-load. Try it:  june-load run THIS_FILE --dry-run
# Every key, its default and its limits: june-load schema, or docs/configuration.md.
# Any value can come from the environment: \${NAME}, or \${NAME:-default}.

services:
${[...groupLines("grpc", services), ...groupLines("calls", services)].join("\n")}

scenarios:
  ${name}:
    description: ${JSON.stringify(`${name}: say here what this load is for`)}
    users: 10 # virtual users at the same time
    spawn_rate: 2 # users started per second
    duration: 5m # ramp included; enough calls for a PASS to be certain, which a shorter run says it is not
    think_time: 1s-3s # pause of a user between tasks
    tasks: # what users do, by weight
${[...taskLines(services), ...(turns ? [TURN] : [])].map((line) => `      ${line}`).join("\n")}
    thresholds: # what must hold; exit code 99 if one fails
${rules.map((rule) => `      - ${rule}`).join("\n")}

metrics:
  latency:
    percentiles: [50, 75, 90, 95, 99]

reports:
  output_dir: reports
  format: [html, json, csv]
`;
}

const TURN = "voice_turn: 10 # speech, the answer to it and the spoken reply, one after another";

/** Whether a voice turn is possible, and with which services is clear: one of each kind. */
function canTalk(called: readonly InitService[]): boolean {
  return ["stt.", "llm.", "tts."].every((kind) =>
    called.filter(({ tasks }) => Object.keys(tasks).some((task) => task.startsWith(kind))).length === 1
  );
}

/** When several services do a task, the entries name each service, so that the user can remove one. */
function taskLines(services: readonly InitService[]): string[] {
  return services.flatMap(({ name, tasks, idle }) =>
    Object.entries(tasks).map(([task, weight]) => {
      const isShared = services.some((other) => other.name !== name && Object.hasOwn(other.tasks, task));
      const key = isShared ? `${task}@${name}` : task;
      return idle === true ? `${key}: 0 # ${weight} once it answers` : `${key}: ${weight}`;
    })
  );
}

function groupLines(group: InitService["group"], services: readonly InitService[]): string[] {
  const own = services.filter((service) => service.group === group);
  if (own.length === 0) return [];
  const lines = own.flatMap(({ name, lines }) => [`    ${name}:`, ...lines.map((line) => `      ${line}`)]);
  return [`  ${group}:`, ...lines];
}
