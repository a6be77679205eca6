import assert from "node:assert/strict";
import { endsLoad, type EventKind, newsOf } from "../../lib/result/event_kinds.ts";

Deno.test("endsLoad() holds for what ends the load, and for no other kind", () => {
  assert.ok(endsLoad("stop_requested") && endsLoad("aborted_by_rule") && endsLoad("write_failed"));
  assert.ok(!endsLoad("worker_failed") && !endsLoad("gpu_lost"));
});

Deno.test("a kind of another version is news that ends nothing", () => {
  for (const kind of ["gpu_melted", "constructor", "__proto__"] as string[] as EventKind[]) {
    assert.deepEqual([endsLoad(kind), newsOf([{ kind }]).length], [false, 1]);
  }
  assert.deepEqual(newsOf([{ kind: "gpu_absent" }]), []);
});

Deno.test("newsOf() shows the newest stall of each kind alone, so that other news stay in sight", () => {
  const kinds: EventKind[] = ["gpu_lost", "process_stalled", "worker_stalled", "process_stalled", "gpu_lost"];
  const events = kinds.map((kind, at) => ({ kind, at }));
  assert.deepEqual(newsOf(events).map(({ at }) => at), [0, 2, 3, 4]);
});
