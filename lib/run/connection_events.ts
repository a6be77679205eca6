/** Reports what happened to connections: lost, told to go, not opened, opened again; each once, with a count at the end. */
import { OTHER_ADDRESSES } from "../measure/connections.ts";
import { patternOf } from "../measure/failures.ts";
import type { ConnectionNote, ConnectionNoteKind } from "../measure/interval.ts";
import type { EventKind } from "../result/event_kinds.ts";
import type { CreateObserver } from "./observer.ts";

/** Events of one kind; what else happens is in the report's table of connections. */
const MAX_OF_A_KIND = 20;

/** The event of each kind of note. */
const EVENTS: Readonly<Record<ConnectionNoteKind, EventKind>> = {
  lost: "connection_lost",
  goaway: "connection_goaway",
  failed: "connection_failed",
  reconnected: "connection_back",
};

/**
 * The sentence of a note. Peers that drop every second say the same each time, so it holds no instant.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const note = { address: "10.0.0.7:50051", text: "GOAWAY (NO_ERROR: max_age)", count: 1, first_ms: 900, last_ms: 900 };
 * assert.equal(
 *   noteText("llm", { kind: "goaway", ...note }),
 *   "llm told a connection to go (10.0.0.7:50051): GOAWAY (NO_ERROR: max_age)",
 * );
 * ```
 */
export function noteText(service: string, { kind, address, text }: ConnectionNote): string {
  const where = address === "" || address === OTHER_ADDRESSES ? "" : ` (${address})`;
  switch (kind) {
    case "lost":
      return `A connection to ${service} was lost${where}: ${text}`;
    case "goaway":
      return `${service} told a connection to go${where}: ${text}`;
    case "failed":
      return `No connection to ${service} could be opened: ${text}`;
    case "reconnected":
      return `A connection to ${service} was opened in place of another${where}`;
  }
}

/** One event for each kind, service, address and text. */
export const reportConnections: CreateObserver = (session) => {
  const told = new Map<string, { kind: EventKind; text: string; count: number }>();
  const tell = (service: string, note: ConnectionNote) => {
    const key = `${note.kind}\n${service}\n${note.address}\n${patternOf(note.text)}`;
    const before = told.get(key);
    if (before !== undefined) return void (before.count += note.count);
    const kind = EVENTS[note.kind];
    if ([...told.values()].filter((one) => one.kind === kind).length >= MAX_OF_A_KIND) return;
    const text = noteText(service, note);
    told.set(key, { kind, text, count: note.count });
    session.keep({ type: "event", t_ms: note.first_ms, kind, text });
  };
  return {
    second(interval) {
      for (const { service, notes = [] } of interval.connections) {
        for (const note of notes) tell(service, note);
      }
    },
    finish() {
      for (const { kind, text, count } of told.values()) {
        if (count > 1) session.keep({ type: "event", t_ms: session.now_ms(), kind, text, count });
      }
      return Promise.resolve();
    },
  };
};
