/** A simulator that answers at once. */
import { constant } from "../../lib/sim/model/distribution.ts";
import type { Models } from "../../lib/sim/model/model.ts";
import type { QueueModel } from "../../lib/sim/model/slot_queue.ts";

/** Models that take no time at all. */
export function instantModels(): Models {
  const none = constant(0);
  const queue: QueueModel = { slots: 1_000_000, queue_limit: 0 };
  return {
    llm: {
      ...queue,
      first_token_ms: none,
      tokens_per_s: constant(Infinity),
      output_tokens: constant(20),
      embed_ms: none,
    },
    stt: { ...queue, overhead_ms: none, real_time_factor: 0, partial_every_ms: 800, partial_ms: none },
    tts: { ...queue, overhead_ms: none, real_time_factor: 0, character_ms: 62 },
  };
}
