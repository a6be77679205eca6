import assert from "node:assert/strict";
import { StatusCode } from "../../../lib/transport/status.ts";
import { ModelStatisticsResponse, PATHS } from "../../../proto/kserve.ts";
import { FakeTriton, refuse } from "./fake_triton.ts";

function statistics(reply: Uint8Array | null) {
  return new FakeTriton({
    answer(call) {
      if (call.spec.path !== PATHS.modelStatistics) return false;
      if (reply === null) return refuse(call, StatusCode.UNAVAILABLE, "statistics are not built in");
      queueMicrotask(() => {
        call.reply(reply);
        call.end();
      });
      return true;
    },
  }).open().then((service) => service.serverStatistics?.());
}

Deno.test("the counters of all models are read, in microseconds; those absent are 0", async () => {
  const read = await statistics(ModelStatisticsResponse.encode({
    model_stats: [{
      name: "ensemble",
      version: "1",
      inference_count: 9,
      execution_count: 3,
      inference_stats: { success: { count: 9, ns: 4_500_000 }, queue: { count: 9, ns: 900 } },
    }, { name: "idle", version: "2" }],
  }));
  const [first, second] = read ?? [];
  assert.deepEqual(
    [first?.model, first?.version, first?.inferences, first?.executions, first?.success, first?.queue, first?.fail],
    ["ensemble", "1", 9, 3, { count: 9, sum_us: 4500 }, { count: 9, sum_us: 1 }, { count: 0, sum_us: 0 }],
  );
  assert.deepEqual([second?.model, second?.success], ["idle", { count: 0, sum_us: 0 }]);
});

Deno.test("a server that keeps no statistics, or answers with something else, has none", async () => {
  assert.equal(await statistics(null), null);
  assert.equal(await statistics(new Uint8Array([0xff])), null);
});
