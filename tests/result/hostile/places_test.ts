/** Files that are none, and lines without an end. */
import assert from "node:assert/strict";
import { readResult } from "../../../lib/result/file.ts";
import { linesOf } from "../../../lib/result/decode/lines.ts";
import { inFolder, june } from "../../end_to_end/cli.ts";
import { soundLines, THIRD } from "./files.ts";

Deno.test("only regular files are opened: no folder, pipe or device", () =>
  inFolder(async (dir) => {
    const words = /it is no regular file; name a result\.ndjson or the folder that holds it/;
    for (const name of ["folder", "pipe", "zero"]) await Deno.mkdir(`${dir}/${name}`);
    await Deno.mkdir(`${dir}/folder/result.ndjson`);
    await new Deno.Command("mkfifo", { args: [`${dir}/pipe/result.ndjson`] }).output();
    await Deno.symlink("/dev/zero", `${dir}/zero/result.ndjson`);
    for (const name of ["folder", "pipe", "zero"]) {
      await assert.rejects(readResult(`${dir}/${name}`), words);
      if (name !== "folder") await assert.rejects(readResult(`${dir}/${name}/result.ndjson`), words);
    }
    await assert.rejects(readResult("/dev/zero"), words);
    await assert.rejects(readResult(`${dir}/gone`), /no result\.ndjson there; name a result\.ndjson or the folder/);
  }));

Deno.test("a line of 60 MB is given up at the limit, and what comes before it is kept", () =>
  inFolder(async (dir) => {
    const lines = soundLines().slice(0, THIRD - 1).map((line) => `${line}\n`).join("");
    const file = await Deno.create(`${dir}/result.ndjson`);
    await file.write(new TextEncoder().encode(`${lines}{"type":"event","text":"`));
    const piece = new Uint8Array(2 ** 20).fill(120);
    for (let mib = 0; mib < 60; mib++) await file.write(piece);
    file.close();
    const run = await readResult(dir);
    assert.deepEqual(run.damage, { line: THIRD, reason: "it has more than 16777216 bytes" });
    assert.deepEqual([run.end, run.slots.length], [null, 2]);
  }));

/** A file that gives its bytes in pieces of some length, for as long as it is asked. */
function fileOf(bytes: Uint8Array, piece: number) {
  let at = 0;
  let reads = 0;
  return {
    reads: () => reads,
    read: (into: Uint8Array): Promise<number | null> => {
      reads++;
      const part = bytes.subarray(at, at + Math.min(piece, into.length));
      into.set(part);
      at += part.length;
      return Promise.resolve(part.length === 0 ? null : part.length);
    },
  };
}

Deno.test("linesOf() finds the same lines however the bytes come", async () => {
  const bytes = new TextEncoder().encode("\n{}\r\n  \nüber\n\nlast");
  for (const piece of [1, 2, 3, 5, 100]) {
    const lines = await Array.fromAsync(linesOf(fileOf(bytes, piece), 50));
    assert.deepEqual(lines.map(({ number, text, whole }) => [number, text, whole]), [
      [2, "{}\r", true],
      [4, "über", true],
      [6, "last", false],
    ]);
  }
});

Deno.test("linesOf() stops at a line without an end", async () => {
  const file = fileOf(new Uint8Array(1000).fill(48), 10);
  const lines = await Array.fromAsync(linesOf(file, 50));
  assert.deepEqual(lines, [{ number: 1, text: "", bytes: 60, whole: false, too_long: true }]);
  assert.equal(file.reads(), 6);
});

Deno.test("report names file, line and reason of a damaged result, reports the rest and ends with 5", () =>
  inFolder(async (dir) => {
    const lines = soundLines();
    lines[THIRD - 1] = (lines[THIRD - 1] as string).replace('"index":2', '"index":-5');
    await Deno.writeTextFile(`${dir}/result.ndjson`, lines.join("\n"));
    const { code, stdout, stderr } = await june("report", dir, "--format", "json", "--compare", dir);
    assert.equal(code, 5, stdout + stderr);
    const reason = `line ${THIRD} cannot be read: index must be at least 0, and is -5`;
    assert.ok(stderr.includes(`The result "${dir}" is incomplete: ${reason}.\n`), stderr);
    assert.ok(stderr.includes(`The baseline "${dir}" is incomplete: ${reason}.\n`), stderr);
    assert.match(stdout, /INVALID/);
    const [name] = (await Array.fromAsync(Deno.readDir(dir))).map((entry) => entry.name).filter((one) =>
      one.endsWith(".json")
    );
    const { complete, damage } = JSON.parse(await Deno.readTextFile(`${dir}/${name}`));
    assert.deepEqual([complete, damage.line], [false, THIRD]);
  }));
