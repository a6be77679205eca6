import assert from "node:assert/strict";
import { readResult } from "../../lib/result/file.ts";
import { inFolder, june, runFolder, SMOKE } from "../end_to_end/cli.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
/** A run that would go on for an hour. */
const HOUR = ["run", "-A", "--no-check", "--quiet", MAIN, "run", SMOKE, "--sim", "--duration", "1h"];

/** Runs `script` with the folder as $dir and june-load's command line as "$@". */
async function shell(script: string, dir: string): Promise<{ code: number; stderr: string }> {
  const args = ["-c", script, "sh", Deno.execPath(), ...HOUR, "--output-dir", `${dir}/disk`];
  const { code, stderr } = await new Deno.Command("sh", { args, env: { NO_COLOR: "1", dir } }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

/** The run ended long before its hour, said why, and all it had written can be read. */
async function checkEnd(ended: { code: number; stderr: string }, dir: string, why: RegExp): Promise<void> {
  assert.equal(ended.code, 4, ended.stderr);
  assert.match(ended.stderr, why);
  assert.match(ended.stderr, /What was written before is intact in /);
  const folder = await runFolder(`${dir}/disk`, "smoke");
  const run = await readResult(folder);
  assert.equal(run.end, null);
  assert.ok(run.slots.length >= 1 && run.slots.length < 600, `${run.slots.length} seconds`);
  assert.ok(run.total().outcomes.ok > 0);
  const report = await june("report", folder, "--output-dir", `${dir}/again`);
  assert.equal(report.code, 5, report.stderr);
}

Deno.test("a limit on the size of files ends the run with exit 4; what was written is intact", async () => {
  await inFolder(async (dir) => {
    const ended = await shell(`trap "" XFSZ; ulimit -f 64; exec "$@"`, dir);
    await checkEnd(ended, dir, /Cannot write ".*result\.ndjson": a file may not grow further; raise the limit/);
  });
});

const NAMESPACE = ["-rm", "sh", "-c", `mkdir -p "$dir/disk" && mount -t tmpfs -o size=48k disk "$dir/disk"`];
/** Whether a small disk can be made here: it takes a namespace of one's own. */
function canMount(): boolean {
  const dir = Deno.makeTempDirSync();
  try {
    return new Deno.Command("unshare", { args: NAMESPACE, env: { dir }, stderr: "null" }).outputSync().success;
  } catch {
    return false;
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

Deno.test({
  name: "a full disk ends the run with exit 4; what was written is intact",
  ignore: !canMount(),
  fn: async () => {
    await inFolder(async (dir) => {
      const inside = `${NAMESPACE[3]} || exit 98; "$@"; code=$?; cp -r "$dir/disk" "$dir/kept"; exit $code`;
      const ended = await shell(`exec unshare -rm sh -c '${inside}' sh "$@"`, dir);
      await Deno.remove(`${dir}/disk`, { recursive: true });
      await Deno.rename(`${dir}/kept`, `${dir}/disk`);
      await checkEnd(ended, dir, /Cannot write ".*result\.ndjson": the disk is full; free some space/);
    });
  },
});
