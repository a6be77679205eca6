import assert from "node:assert/strict";
import { DuetRuns } from "../../lib/result/duet.ts";
import { readSides } from "../../lib/result/file.ts";
import { inFolder, june, runFolder } from "../end_to_end/cli.ts";

Deno.test("voice turns and services of every protocol run as a duet, each call accounted for on both sides", () =>
  inFolder(async (dir) => {
    for (const scenario of ["conversation", "mixed"]) {
      const flags = ["--users", "4", "--spawn-rate", "4", "--duration", "15s", "--output-dir", dir, "--quiet"];
      const { code, stdout, stderr } = await june("compare", "--duet", "--sim", scenario, ...flags);
      assert.equal(code, 0, stdout + stderr);
      const { sides: [base, other] } = await readSides(await runFolder(dir, `${scenario}-duet`)) as DuetRuns;
      assert.deepEqual([base.unaccounted, other.unaccounted], [0, 0]);
      assert.deepEqual(base.operations, other.operations);
      assert.ok(base.operations.length > 0);
      for (const operations of base.operations) {
        const [from, to] = [base.total({ operations }), other.total({ operations })];
        assert.equal(from.issued, to.issued, operations);
        assert.ok(from.outcomes.ok > 0 && to.outcomes.ok > 0, operations);
        assert.equal(from.counter("pairs"), to.counter("pairs"), operations);
      }
      assert.ok(base.turns.length + other.turns.length > 0 || scenario === "mixed");
    }
  }));
