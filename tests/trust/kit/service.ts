/** Services whose times are known: every call takes the same, however many there are. */
import { constant } from "../../../lib/sim/model/distribution.ts";
import type { ModelChanges } from "../../../lib/sim/model/model.ts";
import type { SimulatorOptions } from "../../../lib/sim/options.ts";
import type { VoiceKind } from "../../../lib/plan/plan.ts";

const ENTRY = new URL("service_process.ts", import.meta.url).pathname;

/** As many slots as there can be calls: nobody waits. */
const NO_QUEUE = { slots: 1_000_000, queue_limit: 0 };

/** Every answer of the language model takes 100 ms and 19 gaps of 5 ms, speech 200 ms, a synthesis 100 ms. */
export const STEADY: ModelChanges = {
  llm: {
    ...NO_QUEUE,
    first_token_ms: constant(100),
    tokens_per_s: constant(200),
    output_tokens: constant(20),
    embed_ms: constant(100),
  },
  stt: { ...NO_QUEUE, overhead_ms: constant(200), real_time_factor: 0, partial_ms: constant(10) },
  tts: { ...NO_QUEUE, overhead_ms: constant(100), real_time_factor: 0, character_ms: 20 },
};

/** A service in a process of its own. */
export interface Service {
  pid: number;
  addresses: Record<VoiceKind, string>;
  /** Of its HTTP fronts; null: it has none. */
  http_address: string | null;
  stop(): Promise<void>;
}

/**
 * Starts one on free ports; it ends with `stop`, or with this process.
 * @param around the program that runs it, with its arguments
 */
export async function startService(
  options: Partial<SimulatorOptions> = {},
  around: readonly string[] = [],
): Promise<Service> {
  const given: Partial<SimulatorOptions> = { ports: { llm: 0, stt: 0, tts: 0 }, models: STEADY, ...options };
  const command = [Deno.execPath(), "run", "-A", "--no-check", "--quiet", ENTRY, JSON.stringify(given)];
  const [program = "", ...args] = [...around, ...command];
  const child = new Deno.Command(program, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let line = "";
  while (!line.includes("\n")) {
    const { value } = await output.read();
    if (value === undefined) throw new Error("The simulator's process ended before it listened");
    line += value;
  }
  return {
    pid: child.pid,
    ...JSON.parse(line) as Pick<Service, "addresses" | "http_address">,
    async stop() {
      await output.cancel();
      // Of a process that was killed nothing is left to close.
      await child.stdin.close().catch(() => {});
      await child.status;
    },
  };
}
