/** Events of connections: a peer that drops every second is one event with a count. */
import assert from "node:assert/strict";
import { reportConnections } from "../../lib/run/connection_events.ts";
import type { EventRecord, IntervalRecord, ResultRecord } from "../../lib/result/record.ts";
import { droppingRun } from "../report/cases.ts";
import { makeRecords } from "../result/make_run.ts";
import type { ConnectionNote } from "../../lib/measure/interval.ts";

/** The events of a run in which each second has these notes of a service. */
async function eventsOf(notesAt: (index: number) => ConnectionNote[], seconds: number): Promise<EventRecord[]> {
  const run = droppingRun();
  const kept: EventRecord[] = [];
  const keep = (record: ResultRecord) => {
    if (record.type === "event") kept.push(record);
    run.add(record);
  };
  const observer = reportConnections({ plan: run.plan, run, now_ms: () => 1000 * seconds, keep, end() {} });
  const [interval] = makeRecords({ seconds: 1 }).filter((one): one is IntervalRecord => one.type === "interval");
  assert.ok(interval !== undefined);
  for (let index = 0; index < seconds; index++) {
    const connections = interval.connections.slice(0, 1).map((one) => ({ ...one, notes: notesAt(index) }));
    observer.second?.({ ...interval, index, connections });
  }
  await observer.finish?.();
  const counted = run.events.filter(({ kind }) => kind.startsWith("connection_"));
  assert.ok(kept.length >= counted.length);
  return counted;
}

const note = (kind: ConnectionNote["kind"], text: string, at_ms: number, count = 1): ConnectionNote => ({
  kind,
  address: "10.0.0.1:50051",
  text,
  count,
  first_ms: at_ms,
  last_ms: at_ms,
});

Deno.test("a peer that tells connections to go every second is one event with a count", async () => {
  const events = await eventsOf((at) => [note("goaway", `GOAWAY (NO_ERROR: age ${at})`, 1000 * at, 2)], 600);
  assert.deepEqual(events.map(({ kind, count, t_ms }) => [kind, count, t_ms]), [["connection_goaway", 1200, 0]]);
  assert.equal(
    events[0]?.text,
    "llm told a connection to go (10.0.0.1:50051): GOAWAY (NO_ERROR: age 0) (1200 times)",
  );
});

Deno.test("each kind has an event of its own, and no kind has many", async () => {
  const words = "abcdefghijklmnopqrstuvwxyz";
  const events = await eventsOf((at) => [
    note("lost", `the peer said ${words[at % 26]}${words[(at * 7) % 25]}`, at),
    note("failed", "refused", at),
    note("reconnected", "", at),
  ], 200);
  const kinds = Map.groupBy(events, ({ kind }) => kind);
  assert.deepEqual([...kinds.keys()].sort(), ["connection_back", "connection_failed", "connection_lost"]);
  assert.equal(kinds.get("connection_lost")?.length, 20);
  assert.equal(kinds.get("connection_back")?.[0]?.count, 200);
});
