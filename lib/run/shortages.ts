/** Reports at once what this machine lacks for connections. */
import type { ShortageErrno } from "../plan/shortages.ts";
import { shortageNote } from "../verdict/shortages.ts";
import type { CreateObserver } from "./observer.ts";

/** One event for each error number, at its first call; the result counts the calls. */
export const reportShortages: CreateObserver = (session) => {
  const reported = new Set<ShortageErrno>();
  const report = () => {
    for (const shortage of session.run.generator.shortages ?? []) {
      if (reported.has(shortage.errno)) continue;
      reported.add(shortage.errno);
      session.keep({ type: "event", t_ms: session.now_ms(), kind: "local_shortage", text: shortageNote(shortage) });
    }
  };
  return {
    second: report,
    finish: () => Promise.resolve(report()),
  };
};
