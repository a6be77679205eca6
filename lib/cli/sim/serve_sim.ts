/** Runs the simulator by itself, until it is interrupted. */
import { parseFault } from "../../sim/fault/parser.ts";
import { readLimits } from "../../resources/limits.ts";
import { checkSimulatorRoom } from "../../run/machine_room.ts";
import { type CliContext, say } from "../context.ts";
import { interrupted } from "../interrupt.ts";
import type { SimFlags } from "./sim_flags.ts";
import { standAloneSimulator } from "./simulator.ts";

/**
 * Runs the simulator until it is interrupted.
 * @throws {UserError} for a fault that cannot be read, and where this machine lacks room
 */
export async function serveSimulator(
  context: CliContext,
  { host, llmPort, sttPort, ttsPort, httpPort, profile, fault = [], seed, ...given }: SimFlags,
): Promise<void> {
  checkSimulatorRoom(readLimits());
  const simulator = await standAloneSimulator({
    hostname: host,
    ports: { llm: llmPort, stt: sttPort, tts: ttsPort },
    http_port: httpPort,
    openai: {
      key: given.openaiKey ?? null,
      form: given.openaiOld ? "old" : "new",
      truncates: given.openaiTruncates,
    },
    profile,
    faults: fault.map(parseFault),
    seed,
  });
  // Listen before the first output; otherwise an early Ctrl-C would kill the process.
  const end = interrupted();
  const { llm, stt, tts } = simulator.addresses;
  say(context, `june simulator (${profile}, seed ${seed}): llm ${llm}  stt ${stt}  tts ${tts}`);
  say(context, `http: ${simulator.http_address}`);
  for (const text of fault) say(context, `fault: ${text}`);
  say(context, "Ctrl-C ends it");
  await end;
  await simulator.close();
}
