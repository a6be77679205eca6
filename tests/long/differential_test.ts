import assert from "node:assert/strict";
import type { Run } from "../../lib/result/run.ts";
import { inFolder, runScenario, SMOKE } from "../end_to_end/cli.ts";

/** The same seeded plan over one transport, against a simulator with the same seed. */
async function runOver(transport: string, dir: string): Promise<Run> {
  const load = ["--users", "6", "--spawn-rate", "6", "--duration", "4s", "--seed", "5", "--think-time", "100ms"];
  const flags = [...load, "--transport", transport, "--fault", "tts.error_rate=20%:UNAVAILABLE"];
  return (await runScenario(`${dir}/${transport}`, { wanted: SMOKE, name: "smoke", flags, code: 99 })).run;
}

Deno.test("the same plan over wire and grpc-js has the same outcomes, counts and latencies", async () => {
  await inFolder(async (dir) => {
    const wire = await runOver("wire", dir);
    const reference = await runOver("grpc-js", dir);
    assert.equal(wire.unaccounted, 0);
    assert.equal(reference.unaccounted, 0);
    assert.deepEqual(wire.operations, reference.operations);
    for (const operation of wire.operations) {
      const [a, b] = [wire.total({ operations: operation }), reference.total({ operations: operation })];
      // A closed load does as many calls as their latency allows: close, not equal.
      assert.ok(
        Math.abs(a.issued - b.issued) <= 3 + 0.25 * b.issued,
        `${operation}: ${a.issued} and ${b.issued} calls`,
      );
      const [p, q] = [a, b].map((one) => one.histogram("latency").percentile(50) / 1000);
      assert.ok(Math.abs(p! - q!) <= 60 + 0.2 * q!, `${operation}: median ${p} and ${q} ms`);
    }
    const kinds = (
      run: Run,
    ) => [...new Set(run.failures.map(({ operation, code, type }) => `${operation} ${code} ${type}`))];
    assert.deepEqual(kinds(wire), kinds(reference));
  });
});
