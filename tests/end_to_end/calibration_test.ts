import assert from "node:assert/strict";
import { readHost } from "../../lib/calibrate/host.ts";
import { calibrationText } from "../../lib/calibrate/store.ts";
import { writeNamedFile } from "../../lib/result/output_file.ts";
import { TOOL } from "../../lib/cli/version.ts";
import { makeCalibration } from "../calibrate/make_calibration.ts";
import { inFolder, start } from "./cli.ts";

Deno.test("a plan that asks for more than this host was calibrated for is told before the load, by a dry run, too", async () => {
  await inFolder(async (dir) => {
    const host = readHost();
    const measured_at = new Date().toISOString();
    const here = makeCalibration({ host, measured_at, tool: TOOL, deno: Deno.version.deno });
    await writeNamedFile(`${dir}/june-load/calibration.json`, calibrationText(here));
    const run = ["run", "open", "--rate", "90000/s", "--workers", "1", "--dry-run"];
    const { code, stderr } = await start(run, { env: { XDG_STATE_HOME: dir } }).finished;
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /^warning: this plan may ask for 90,000 calls\/s, 90,000 of each worker, and a worker kept 4,000/m,
    );

    const foreign = makeCalibration({ host: { ...host, name: "elsewhere" }, measured_at, tool: TOOL });
    await writeNamedFile(`${dir}/june-load/calibration.json`, calibrationText(foreign));
    const other = await start(run, { env: { XDG_STATE_HOME: dir } }).finished;
    assert.match(
      other.stderr,
      /^warning: the calibration of this user is not used: it was made on the host elsewhere/m,
    );
    assert.doesNotMatch(other.stderr, /this plan may ask/);
  });
});
