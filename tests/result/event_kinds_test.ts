import assert from "node:assert/strict";
import { endsLoad, type EventKind, isNews } from "../../lib/result/event_kinds.ts";

Deno.test("endsLoad() holds for what ends the load, and for no other kind", () => {
  assert.ok(endsLoad("stop_requested") && endsLoad("aborted_by_rule") && endsLoad("write_failed"));
  assert.ok(!endsLoad("worker_failed") && !endsLoad("gpu_lost"));
});

Deno.test("a kind of another version is news that ends nothing", () => {
  for (const kind of ["gpu_melted", "constructor", "__proto__"] as string[] as EventKind[]) {
    assert.deepEqual([endsLoad(kind), isNews(kind)], [false, true]);
  }
  assert.equal(isNews("gpu_absent"), false);
});
