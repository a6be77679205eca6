/** Starts the built-in simulator. */
import { loadClips } from "../../driver/speech/clips.ts";
import type { Clip, Supply } from "../../driver/inputs/inputs.ts";
import { everyInput, loadInputs } from "../../driver/registry.ts";
import type { Plan, ServicePlan } from "../../plan/plan.ts";
import { parseFault } from "../../sim/fault/parser.ts";
import type { ProfileName } from "../../sim/model/model.ts";
import type { SimulatorOptions } from "../../sim/options.ts";
import type { Simulator } from "../../sim/simulator.ts";
import { startInWorker } from "../../sim/worker/start_in_worker.ts";
import { type Transcript, transcriptOf } from "../../sim/model/transcripts.ts";
import { needsHttp } from "./simulated.ts";

/**
 * Starts a simulator on free ports that knows the plan's speech clips.
 * @param onDeath called when it dies during the run
 */
export async function simulatorFor(
  plan: Plan,
  { fault = [], profile = "ideal" }: { fault?: readonly string[]; profile?: ProfileName },
  onDeath: (error: Error) => void,
): Promise<Simulator> {
  const options = {
    ports: { llm: 0, stt: 0, tts: 0 },
    http_port: needsHttp(plan) ? 0 : null,
    profile,
    seed: plan.seed,
    faults: fault.map(parseFault),
    transcripts: (await Promise.all(plan.services.map(transcriptsOf))).flat(),
  };
  return await startInWorker(options, onDeath);
}

/** The transcripts of a service's clips. */
export async function transcriptsOf(service: ServicePlan): Promise<Transcript[]> {
  const transcripts: Transcript[] = [];
  for (const { pcm, text } of everyInput(await clipsOf(service))) {
    if (text !== null) transcripts.push(transcriptOf(pcm, text));
  }
  return transcripts;
}

async function clipsOf(service: ServicePlan): Promise<Supply<Clip>> {
  if (service.kind === "call") return await loadClips(service);
  if (service.kind !== "stt") return [];
  const inputs = await loadInputs(service);
  return inputs.kind === "stt" ? inputs.clips : [];
}

/** Starts a simulator for `june-load sim`; it knows the built-in clips. */
export async function standAloneSimulator(options: Partial<SimulatorOptions>): Promise<Simulator> {
  const service: ServicePlan = {
    settings: null,
    name: "stt",
    kind: "stt",
    protocol: "june",
    address: "",
    connections: 1,
    timeout_ms: 0,
    transparent_retry: true,
    metadata: [],
    tls: null,
    inputs: [],
    options: { kind: "stt", pacing: "real_time", chunk_ms: 100, language: "en" },
  };
  return await startInWorker({ ...options, transcripts: await transcriptsOf(service) });
}
