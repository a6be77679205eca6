import assert from "node:assert/strict";
import { readResult, ResultWriter } from "../../lib/result/file.ts";
import { type Elsewhere, KeptFile, LostResult, type Move } from "../../lib/result/kept_file.ts";
import { inFolder } from "../end_to_end/cli.ts";
import { makeRecords } from "./make_run.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A file in `dir/one` with a line in it; it may move to `dir/2`, `dir/3`, ... */
async function kept(dir: string, elsewhere?: Elsewhere): Promise<KeptFile> {
  let count = 1;
  const fresh = async () => {
    const folder = `${dir}/${++count}`;
    await Deno.mkdir(folder, { recursive: true });
    return `${folder}/result`;
  };
  await Deno.mkdir(`${dir}/one`);
  const path = `${dir}/one/result`;
  const file = await Deno.open(path, { read: true, write: true, createNew: true });
  const made = new KeptFile(path, file, elsewhere ?? fresh);
  await made.write(bytes("first\n"));
  return made;
}

/** What may happen to a result in mid-run. */
const LOSSES: Record<string, (dir: string) => Promise<void>> = {
  "its folder is removed": (dir) => Deno.remove(`${dir}/one`, { recursive: true }),
  "its folder is renamed": (dir) => Deno.rename(`${dir}/one`, `${dir}/other`),
  "its folder is replaced by a file": async (dir) => {
    await Deno.remove(`${dir}/one`, { recursive: true });
    await Deno.writeTextFile(`${dir}/one`, "");
  },
  "another file takes its place": async (dir) => {
    await Deno.writeTextFile(`${dir}/new`, "other\n");
    await Deno.rename(`${dir}/new`, `${dir}/one/result`);
  },
  "a link to it takes its place": async (dir) => {
    await Deno.rename(`${dir}/one/result`, `${dir}/moved`);
    await Deno.symlink(`${dir}/moved`, `${dir}/one/result`);
  },
};

for (const [what, lose] of Object.entries(LOSSES)) {
  Deno.test({
    name: `${what}: all that was written goes on elsewhere`,
    ignore: Deno.build.os === "windows",
    fn: () =>
      inFolder(async (dir) => {
        const file = await kept(dir);
        assert.equal(await file.look(true), null);
        await lose(dir);
        assert.deepEqual(await file.look(true), { from: `${dir}/one/result`, to: `${dir}/2/result` });
        await file.write(bytes("second\n"));
        assert.equal(await file.look(true), null);
        file.close();
        assert.equal(await Deno.readTextFile(file.path), "first\nsecond\n");
      }),
  });
}

Deno.test("a result that can go nowhere, is cut short or removed time and again is lost, in words", () =>
  inFolder(async (dir) => {
    const nowhere = await kept(`${dir}`, () => Promise.resolve(`${dir}/none/result`));
    await Deno.remove(`${dir}/one`, { recursive: true });
    await assert.rejects(nowhere.look(true), (error) => {
      assert.ok(error instanceof LostResult);
      assert.match(
        error.message,
        /^The result ".+one\/result" is lost: it was removed or replaced\. Cannot write ".+none\/result": /,
      );
      return true;
    });
    nowhere.close();

    const cut = await kept(dir);
    await Deno.truncate(cut.path, 2);
    await assert.rejects(cut.look(true), /is lost: another program has cut it short$/);
    cut.close();

    const again = await kept(`${await Deno.makeTempDir({ dir })}`);
    await assert.rejects(async () => {
      for (let times = 0; times < 100; times++) {
        await Deno.remove(again.path);
        await again.look(true);
      }
    }, /is lost: it was removed again and again$/);
    again.close();
  }));

Deno.test("a writer says where its result went, and the result is whole there", () =>
  inFolder(async (dir) => {
    const place = async () => `${await Deno.makeTempDir({ dir })}/result.ndjson`;
    const first = await place();
    const writer = await ResultWriter.create(first, place);
    const moves: Move[] = [];
    writer.onMove = (move) => moves.push(move);
    const records = makeRecords({ seconds: 3 });
    for (const record of records.slice(0, -1)) writer.write(record);
    await Deno.remove(first);
    for (const record of records.slice(-1)) writer.write(record);
    await writer.close();
    assert.deepEqual(moves, [{ from: first, to: writer.path }]);
    const run = await readResult(writer.path);
    assert.deepEqual([run.slots.length, run.end?.reason], [3, "completed"]);
  }));
