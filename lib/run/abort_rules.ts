/** Ends a run by the thresholds of its plan that say so. */
import { whyAbort } from "../verdict/abort.ts";
import type { CreateObserver } from "./observer.ts";

/** Holds the rules against the run after each second. */
export const watchAbortRules: CreateObserver = (session) => ({
  second() {
    const why = whyAbort(session.run);
    if (why !== null) session.end({ tag: "rule", why });
  },
});
