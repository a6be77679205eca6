import assert from "node:assert/strict";
import { stallKinds } from "../../lib/run/stall_kind.ts";

const kinds = (...given: Parameters<typeof stallKinds>) => stallKinds(...given).map(({ kind }) => kind);

Deno.test("stallKinds() tells a blocked worker from june-load as a whole", () => {
  const one = { start_ms: 1000, length_ms: 200, workers: [1] };
  assert.deepEqual(kinds([one], [], 2), ["worker_stalled"]);
  assert.deepEqual(kinds([one], [{ start_ms: 1000, end_ms: 1200 }], 2), ["worker_stalled", "main_stalled"]);
  const other = { ...one, workers: [0] };
  assert.deepEqual(kinds([one, other], [], 2), ["worker_stalled"]);
  assert.deepEqual(kinds([one, other], [{ start_ms: 1040, end_ms: 1200 }], 2), ["process_stalled"]);
});

Deno.test("stallKinds() says that all stood still only where the main thread did, too", () => {
  const starved = { start_ms: 1000, length_ms: 200, workers: [0], starved: true };
  assert.deepEqual(kinds([starved], [], 1), ["worker_stalled"]);
  assert.deepEqual(kinds([starved], [{ start_ms: 1000, end_ms: 1090 }], 1), ["worker_stalled"]);
  assert.deepEqual(kinds([starved], [{ start_ms: 1000, end_ms: 1190 }], 1), ["process_stalled"]);
});

Deno.test("stallKinds() passes over short pauses of the main thread, which draws and writes", () => {
  assert.deepEqual(kinds([], [{ start_ms: 0, end_ms: 60 }, { start_ms: 500, end_ms: 640 }], 1), ["main_stalled"]);
});
