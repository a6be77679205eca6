import assert from "node:assert/strict";
import { readResult } from "../../lib/result/file.ts";
import { filesBelow, inFolder, runFolder, secondsWritten, SMOKE, start } from "./cli.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const NO_SHELL = Deno.build.os === "windows";

/** Runs `script` with june-load's command line as "$@". */
async function shell(script: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const line = ["run", "-A", "--no-check", "--quiet", MAIN, ...args];
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", script, "bash", Deno.execPath(), ...line],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

Deno.test("a run whose folder is removed goes on in another, and SIGHUP stops it as SIGTERM does", () =>
  inFolder(async (dir) => {
    const run = start(["run", SMOKE, "--sim", "--quiet", "--duration", "1h", "--output-dir", `${dir}/out`]);
    const first = await secondsWritten(`${dir}/out`, "smoke", 1);
    // In one step: a removal might meet the folder that the run makes anew.
    await Deno.rename(`${dir}/out`, `${dir}/gone`);
    await run.until("was removed or replaced: the result goes on, whole, in ");
    run.child.kill("SIGHUP");
    // A shell sends it once more when its terminal closes.
    run.child.kill("SIGHUP");
    const { code, stderr } = await run.finished;
    assert.equal(code, 130, stderr);
    const folder = await runFolder(`${dir}/out`, "smoke");
    assert.match(
      stderr,
      new RegExp(`^warning: "${first}/result.ndjson" was removed .+ in "${folder}/result.ndjson"$`, "m"),
    );
    assert.doesNotMatch(stderr, /\n +at /);
    const saved = await readResult(folder);
    assert.deepEqual([saved.end?.reason, saved.unaccounted], ["stopped", 0]);
    assert.equal(saved.events.filter(({ kind }) => kind === "result_moved").length, 1);
    assert.equal(saved.total().outcomes.unfinished, 0);
    assert.ok((await filesBelow(folder)).some((name) => name.endsWith(".html")));
  }));

Deno.test({
  name: "an answer that standard output cannot take is one sentence and exit 4, not a stack trace",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const { code, stderr } = await shell(`exec "$@" >/dev/full`, "scenarios");
    assert.equal(code, 4, stderr);
    assert.equal(
      stderr,
      "Cannot write standard output: the disk is full; free some space or send it to another file\n",
    );
    const mute = await shell(`exec "$@" >/dev/full 2>/dev/full`, "scenarios");
    assert.equal(mute.code, 4, "nobody can be told");
    const refused = await shell(`exec "$@" >/dev/full 2>/dev/full`, "scenarios", "/none/such.yaml");
    assert.equal(refused.code, 2, "there was no answer");
  },
});

Deno.test({
  name: "a reader that leaves early, and streams that are closed, change no exit code",
  ignore: NO_SHELL,
  fn: async () => {
    // It is longer than a pipe holds.
    const left = await shell(`"$@" | head -1; exit "\${PIPESTATUS[0]}"`, "schema");
    assert.deepEqual([left.code, left.stderr, left.stdout], [0, "", "{\n"]);
    const closed = await shell(`exec "$@" >&- 2>&-`, "scenarios");
    assert.equal(closed.code, 0);
  },
});
