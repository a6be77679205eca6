/** What a soak sends, and to what. */
import { constant } from "../../lib/sim/model/distribution.ts";
import { makeClip } from "../../tests/trust/kit/loads.ts";
import { type Service, startService } from "../../tests/trust/kit/service.ts";

/** How much of each. */
export interface Rates {
  /** Unary calls a second, as arrivals; `full`: fifty users who never wait. */
  calls_per_s: number | "full";
  /** Streams of a language model in flight. */
  streams: number;
  /** Users who speak clips in real time. */
  speeches: number;
}

/** Tokens of a stream, and how many come a second: ten seconds each. */
const STREAM_TOKENS = 100;
const TOKENS_PER_S = 10;
const CLIP_S = 6;
const NO_QUEUE = { slots: 1_000_000, queue_limit: 0 };

/** The services, each in a process of its own. */
export interface Services {
  llm: Service;
  stt: Service;
  stop(): Promise<void>;
}

/** Starts both. @param full the model answers at once, for as many calls as there can be */
export async function startServices(full: boolean): Promise<Services> {
  const llm_model = {
    ...NO_QUEUE,
    first_token_ms: constant(50),
    tokens_per_s: constant(TOKENS_PER_S),
    output_tokens: constant(STREAM_TOKENS),
    embed_ms: constant(full ? 0 : 20),
  };
  const stt_model = { ...NO_QUEUE, overhead_ms: constant(50), real_time_factor: 0, partial_ms: constant(10) };
  const [llm, stt] = await Promise.all([
    startService({ models: { llm: llm_model } }),
    startService({ models: { stt: stt_model } }),
  ]);
  return { llm, stt, stop: async () => void await Promise.all([llm.stop(), stt.stop()]) };
}

/** A file with the scenario `soak`: three loads at the same time. */
export async function soakFile(dir: string, { llm, stt }: Services, rates: Rates, seconds: number): Promise<unknown> {
  const duration = `${seconds}s`;
  const loads = {
    calls: {
      ...(rates.calls_per_s === "full"
        ? { users: 50, spawn_rate: 1000, think_time: "0s" }
        : { rate: `${rates.calls_per_s}/s`, max_in_flight: 10_000 }),
      tasks: { "llm.embed": 1 },
    },
    streams: { users: rates.streams, spawn_rate: 50, think_time: "0s", tasks: { "llm.chat_stream": 1 } },
    speeches: { users: rates.speeches, spawn_rate: 10, think_time: "1s", tasks: { "stt.recognize_stream": 1 } },
  };
  const wanted = { calls: rates.calls_per_s, streams: rates.streams, speeches: rates.speeches };
  const names = (Object.keys(loads) as (keyof typeof loads)[]).filter((name) => wanted[name] !== 0);
  const parts = names.map((name) => [name, { ...loads[name], duration, thresholds: [] }]);
  const [only, ...others] = names;
  const together = only !== undefined && others.length === 0 ? { ...loads[only], duration } : { parallel: names };
  const services = {
    llm: { host: llm.addresses.llm, timeout: "60s", max_tokens: STREAM_TOKENS },
    stt: { host: stt.addresses.stt, timeout: "60s", clips: await makeClip(dir, CLIP_S) },
  };
  return {
    services: { grpc: services },
    scenarios: {
      ...("parallel" in together && Object.fromEntries(parts)),
      soak: { ...together, grace: "15s", thresholds: ["error_rate < 0.1%"] },
    },
    reports: { format: ["json"] },
  };
}
