/** Ends a run early when a threshold with `else abort` fails. */
import { whyAbort } from "../verdict/abort.ts";
import type { CreateObserver } from "./observer.ts";

/** Judges the rules after each second of the run. */
export const watchAbortRules: CreateObserver = (session) => ({
  second() {
    const why = whyAbort(session.run);
    if (why !== null) session.end({ tag: "rule", why });
  },
});
