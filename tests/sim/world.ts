/** A service's surroundings for tests: clock by hand, constant times, faults by their text. */
import { constant } from "../../lib/sim/model/distribution.ts";
import { parseFault } from "../../lib/sim/fault/parser.ts";
import { FaultState } from "../../lib/sim/fault/state.ts";
import type { ServiceContext } from "../../lib/sim/call/job.ts";
import { LlmService } from "../../lib/sim/june/llm_service.ts";
import type { LlmModel, ProfileName, SttModel, TtsModel } from "../../lib/sim/model/model.ts";
import { Random } from "../../lib/sim/model/random.ts";
import { registerRivaStt } from "../../lib/sim/riva/stt.ts";
import { registerRivaTts } from "../../lib/sim/riva/tts.ts";
import { SlotQueue } from "../../lib/sim/model/slot_queue.ts";
import { SttService } from "../../lib/sim/june/stt_service.ts";
import type { Transcript } from "../../lib/sim/model/transcripts.ts";
import { registerTts } from "../../lib/sim/june/tts_service.ts";
import type { VoiceKind } from "../../lib/plan/tasks.ts";
import { ManualClock } from "./manual_clock.ts";
import { MemoryServer } from "./memory_server.ts";

/** First token after 100 ms, then one every 10 ms, five in all; embedding 7 ms; one slot. */
export const LLM: LlmModel = {
  slots: 1,
  queue_limit: 2,
  first_token_ms: constant(100),
  tokens_per_s: constant(100),
  output_tokens: constant(5),
  embed_ms: constant(7),
};
/** 50 ms and a tenth of the audio's length; partial results every second, 20 ms each. */
export const STT: SttModel = {
  slots: 4,
  queue_limit: 2,
  overhead_ms: constant(50),
  real_time_factor: 0.1,
  partial_every_ms: 1000,
  partial_ms: constant(20),
};
/** 100 ms and a tenth of the audio's length; 50 ms of speech a character. */
export const TTS: TtsModel = {
  slots: 4,
  queue_limit: 2,
  overhead_ms: constant(100),
  real_time_factor: 0.1,
  character_ms: 50,
};

/** What a test may choose. */
export interface WorldOptions {
  /** Default: one that is never late. */
  clock?: ManualClock;
  profile?: ProfileName;
  faults?: string[];
  seed?: number;
  transcripts?: Transcript[];
  llm?: Partial<LlmModel>;
  stt?: Partial<SttModel>;
  tts?: Partial<TtsModel>;
}

/** One service on a server in memory. */
export interface World {
  clock: ManualClock;
  server: MemoryServer;
  queue: SlotQueue;
  context: ServiceContext;
}

/** Puts up one service. */
export function worldOf(kind: VoiceKind, options: WorldOptions = {}): World {
  const { profile = "ideal", faults = [], seed = 1, transcripts = [], clock = new ManualClock() } = options;
  const server = new MemoryServer(clock);
  const models = { llm: { ...LLM, ...options.llm }, stt: { ...STT, ...options.stt }, tts: { ...TTS, ...options.tts } };
  const queue = new SlotQueue(models[kind]);
  const limiter = profile === "june" ? "python_exception" : "resource_exhausted";
  const state = new FaultState(faults.map(parseFault), kind, new Random(seed).fork("faults"), limiter);
  const context = { clock, queue, faults: state, random: new Random(seed) };
  if (kind === "stt") registerRivaStt(server, context, context, models.stt, transcripts);
  if (kind === "tts") registerRivaTts(server, context, context, models.tts);
  if (kind === "llm") new LlmService(context, models.llm, profile).register(server);
  if (kind === "stt") new SttService(context, models.stt, profile, transcripts).register(server);
  if (kind === "tts") registerTts(server, context, models.tts, profile);
  return { clock, server, queue, context };
}
