import assert from "node:assert/strict";
import {
  createFile,
  createFolder,
  makeFolder,
  makeParents,
  replaceFile,
  writeNamedFile,
} from "../../lib/result/output_file.ts";
import { ResultWriter } from "../../lib/result/file.ts";

async function withFolder(body: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await body(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Runs with a umask that lets others read and write everything. */
async function withOpenUmask(body: () => Promise<void>): Promise<void> {
  const before = Deno.umask(0);
  try {
    await body();
  } finally {
    Deno.umask(before);
  }
}

const modeOf = async (path: string) => ((await Deno.lstat(path)).mode ?? 0) & 0o777;

/** What a stranger may put where an output goes; each answers whether the victim outside was touched. */
const TRAPS: Record<string, (path: string, victim: string) => Promise<unknown>> = {
  "a link to a file": (path, victim) => Deno.symlink(victim, path),
  "a link to nowhere": (path, victim) => Deno.symlink(`${victim}.new`, path),
  "another name of a file": (path, victim) => Deno.link(victim, path),
  "a pipe": async (path) => await new Deno.Command("mkfifo", { args: [path] }).output(),
  "a link to a device": (path) => Deno.symlink("/dev/full", path),
};

for (const [name, set] of Object.entries(TRAPS)) {
  Deno.test(`replaceFile() writes a file of its own where ${name} has its name`, async () => {
    await withFolder(async (dir) => {
      const [victim, path] = [`${dir}/victim`, `${dir}/report.txt`];
      await Deno.writeTextFile(victim, "precious");
      await set(path, victim);
      await replaceFile(path, "a report");
      assert.equal(await Deno.readTextFile(victim), "precious");
      assert.equal(await Deno.readTextFile(path), "a report");
      assert.ok((await Deno.lstat(path)).isFile);
      const names = (await Array.fromAsync(Deno.readDir(dir))).map((entry) => entry.name).sort();
      assert.deepEqual(names, ["report.txt", "victim"], "nothing else is left");
    });
  });

  Deno.test(`a result is never created where ${name} has its name`, async () => {
    await withFolder(async (dir) => {
      const [victim, path] = [`${dir}/victim`, `${dir}/result.ndjson`];
      await Deno.writeTextFile(victim, "precious");
      await set(path, victim);
      for (const create of [createFile, ResultWriter.create]) {
        await assert.rejects(create(path), /it exists already; nothing is overwritten/);
      }
      const names = (await Array.fromAsync(Deno.readDir(dir))).map((entry) => entry.name).sort();
      assert.deepEqual(names, ["result.ndjson", "victim"]);
      assert.equal(await Deno.readTextFile(victim), "precious");
    });
  });
}

Deno.test("replaceFile() says what is wrong and leaves nothing behind where a folder has the name", async () => {
  await withFolder(async (dir) => {
    await Deno.mkdir(`${dir}/report.txt`);
    await assert.rejects(
      replaceFile(`${dir}/report.txt`, "x"),
      /Cannot write ".*report.txt": a folder has its name; remove/,
    );
    assert.deepEqual((await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name), ["report.txt"]);
    await assert.rejects(replaceFile(`${dir}/gone/report.txt`, "x"), /Cannot write ".*\/gone\/report.txt"/);
  });
});

Deno.test("makeFolder() refuses a link in its place, and takes links around it", async () => {
  await withFolder(async (dir) => {
    await Deno.mkdir(`${dir}/elsewhere`);
    await Deno.symlink(`${dir}/elsewhere`, `${dir}/analysis`);
    await assert.rejects(makeFolder(`${dir}/analysis`), /it is a link, and files would land elsewhere/);
    await makeFolder(`${dir}/analysis/inside`);
    assert.ok((await Deno.lstat(`${dir}/elsewhere/inside`)).isDirectory);
    await makeParents(`${dir}/analysis`);
    await makeFolder(`${dir}/elsewhere`);
    assert.deepEqual([await createFolder(`${dir}/analysis`), await createFolder(`${dir}/new`)], [false, true]);
  });
});

Deno.test("files and folders are the user's alone, whatever the umask lets others do", async () => {
  await withFolder(async (dir) => {
    await withOpenUmask(async () => {
      await makeParents(`${dir}/reports/smoke`);
      await createFolder(`${dir}/reports/smoke/1`);
      await makeFolder(`${dir}/reports/smoke/1/analysis`);
      (await createFile(`${dir}/result.ndjson`)).close();
      await replaceFile(`${dir}/report.html`, "a report");
      // A report made again is the user's alone, too.
      await Deno.writeTextFile(`${dir}/former.html`, "open to all");
      await replaceFile(`${dir}/former.html`, "a report");
    });
    const folders = ["reports", "reports/smoke", "reports/smoke/1", "reports/smoke/1/analysis"];
    for (const name of folders) assert.equal(await modeOf(`${dir}/${name}`), 0o700, name);
    for (const name of ["result.ndjson", "report.html", "former.html"]) {
      assert.equal(await modeOf(`${dir}/${name}`), 0o600, name);
    }
  });
});

Deno.test("writeNamedFile() writes into a device that the user names, and replaces what is a file or a link to one", () =>
  withFolder(async (dir) => {
    await writeNamedFile("/dev/null", "gone");
    assert.equal((await Deno.lstat("/dev/null")).isCharDevice, true);
    await Deno.writeTextFile(`${dir}/victim`, "precious");
    await Deno.symlink(`${dir}/victim`, `${dir}/link`);
    await writeNamedFile(`${dir}/link`, "new");
    await writeNamedFile(`${dir}/a/b/file`, "new");
    const texts = await Promise.all(["victim", "link", "a/b/file"].map((name) => Deno.readTextFile(`${dir}/${name}`)));
    assert.deepEqual(texts, ["precious", "new", "new"]);
  }));
