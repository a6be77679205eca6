/** Findings about what the user did to the load in mid-run. */
import type { EventRecord } from "../../../result/record.ts";
import type { Run } from "../../../result/run.ts";
import { isSteered } from "../../../result/steered_plan.ts";
import { plainText } from "../../format/escape.ts";
import type { Finding } from "./finding.ts";

/** Changes of the load, at the instants from which they hold; a pause with its length. */
export function steering(run: Run): Finding[] {
  return run.events.filter(isSteered).map((event): Finding => {
    const { change, at_ms, text } = event;
    const pause = change.type === "pause" ? run.plan.pauses?.find(({ start_ms }) => start_ms === at_ms) : undefined;
    const sentence = plainText(text, 300).replace(/^./, (letter) => letter.toUpperCase());
    return {
      from_s: at_ms / 1000,
      to_s: pause === undefined ? null : pause.end_ms / 1000,
      tone: "",
      text: `${sentence.replace(/\.$/, "")}.`,
      weight: change.type === "reset_statistics" ? 40 : 75,
    };
  });
}

/** Events that have no findings of their own: changes of the load, and connections that were opened again. */
export function otherEvents(events: readonly EventRecord[]): EventRecord[] {
  return events.filter((event) => !isSteered(event) && event.kind !== "connection_back");
}
