/** The file that `june-load init` writes: short, commented, and a valid scenario as it stands. */
import type { VoiceKind } from "../plan/plan.ts";
import { DEFAULT_PORTS } from "./schema_services.ts";

/** What is known when the file is written. */
export interface InitOptions {
  /** Name of the scenario. */
  name: string;
  /** Addresses of services; others get the address on this machine. */
  targets: Partial<Record<VoiceKind, string>>;
}

/** A commented scenario file. */
export function initTemplate({ name, targets }: InitOptions): string {
  const host = (kind: VoiceKind) => JSON.stringify(targets[kind] ?? `127.0.0.1:${DEFAULT_PORTS[kind]}`);
  return `# A load test for june-load. Try it:  june-load run THIS_FILE --dry-run
# Every key, its default and its limits: june-load schema, or docs/configuration.md.
# Any value may come from the environment: \${NAME}, or \${NAME:-default}.

services:
  grpc:
    llm:
      host: ${host("llm")}
      weight: 30 # share of the mix, where a scenario names no tasks
      max_tokens: 128
      # prompts: prompts.txt # one prompt a line; built-in ones are used otherwise
      # metadata: { authorization: "Bearer \${TOKEN}" }
      # tls: true
    stt:
      host: ${host("stt")}
      weight: 20
      pacing: real_time # as a microphone would; "fast" sends a clip at once
      # clips: clips/ # WAV files; built-in ones are used otherwise
    tts:
      host: ${host("tts")}
      weight: 20

scenarios:
  ${name}:
    description: ${JSON.stringify(`${name}: say here what this load stands for`)}
    users: 10 # virtual users at the same time
    spawn_rate: 2 # users started per second
    duration: 1m # ramp included
    think_time: 1s-3s # pause between two tasks of a user
    tasks: # what users do, by weight
      llm.chat_stream: 30
      stt.recognize_stream: 20
      tts.synthesize: 20
    thresholds: # what must hold; exit code 99 where one does not
      - p95(latency, llm.*) < 2s
      - p95(final_latency, stt.recognize_stream) < 2s
      - p95(latency, tts.*) < 2s
      - error_rate < 1%
      - load >= 100%

metrics:
  latency:
    percentiles: [50, 75, 90, 95, 99]

reports:
  output_dir: reports
  format: [html, json, csv]
`;
}
