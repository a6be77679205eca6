/** Adds readings of the machine to the result. */
import { type Sampler, startSampler } from "../resources/sampler.ts";
import type { CreateObserver } from "./observer.ts";

/** Time between readings; milliseconds. */
const SAMPLE_EVERY_MS = 1000;

/** Samples the plan's resources from the start of the load to the end of its last call. */
export const sampleResources: CreateObserver = (session) => {
  let sampler: Sampler | null = null;
  return {
    begin() {
      sampler = startSampler({
        ...session.plan.resources,
        interval_ms: SAMPLE_EVERY_MS,
        now_ms: () => session.now_ms(),
        onSample: (sample) => session.keep(sample),
        onNote: (note) => session.keep({ type: "event", ...note }),
      });
    },
    async finish() {
      await sampler?.stop();
    },
  };
};
