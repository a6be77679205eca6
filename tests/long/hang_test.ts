import assert from "node:assert/strict";
import { readResult } from "../../lib/result/file.ts";
import { inFolder, june, runFolder } from "../end_to_end/cli.ts";

Deno.test("a service that hangs for good fails its run, and the verdict says from when on nothing answered", async () => {
  await inFolder(async (dir) => {
    const load = ["--rate", "20/s", "--duration", "10s"];
    const { code, stdout } = await june(
      "run",
      "smoke",
      "--sim",
      ...load,
      "--fault",
      "stall=4s+600s",
      "--output-dir",
      dir,
    );
    assert.equal(code, 99, stdout);
    assert.match(stdout, /^FAIL {2}smoke, 0:10, 200 calls, 1\d\d unfinished, 0 unaccounted$/m);
    const words = stdout.replace(/\s+/g, " ");
    assert.match(
      words,
      /1\d\d of 200 calls got no answer before the run ended, \d\d[.\d]* % where 1 % is allowed\. Nothing answered from 0:0[2-4] on\./,
    );
    assert.match(words, /response time in ms .* unfinished /);
    const run = await readResult(await runFolder(dir, "smoke"));
    assert.equal(run.total().counter("overdue"), run.total().outcomes.unfinished);
  });
});
