import assert from "node:assert/strict";
import { formFiles } from "../../lib/cli/report/form_files.ts";
import { formFlagParameters } from "../../lib/cli/report/form_flags.ts";
import { pointLatest } from "../../lib/cli/report/output_dir.ts";
import { runFlagParameters } from "../../lib/cli/flags.ts";
import { UserError } from "../../lib/plan/errors.ts";
import { FORM_NAMES } from "../../lib/report/form.ts";
import { inFolder } from "../end_to_end/cli.ts";

Deno.test("every form has a flag, and run has all of them", async () => {
  const flags = Object.keys(formFlagParameters);
  await inFolder(async (dir) => {
    const files = await formFiles(Object.fromEntries(flags.map((flag) => [flag, `${dir}/${flag}`])));
    assert.deepEqual(Object.keys(files).sort(), [...FORM_NAMES].sort());
  });
  for (const flag of flags) assert.ok(flag in runFlagParameters, flag);
});

Deno.test("formFiles() refuses a folder and one file for two forms, before any load", () =>
  inFolder(async (dir) => {
    const refused = (flags: Parameters<typeof formFiles>[0], words: RegExp) =>
      assert.rejects(formFiles(flags), (error) => error instanceof UserError && words.test(error.message));
    await refused({ junit: dir }, /^--junit: .* is a folder/);
    await refused({ markdown: `${dir}/new/` }, /^--markdown: .* is a folder/);
    await refused({ json: `${dir}/a`, csv: `${dir}/./a` }, /^--json and --csv: both would write/);
    await Deno.writeTextFile(`${dir}/file`, "");
    await refused({ report: `${dir}/file/page.html` }, /^Cannot write ".*file"/);
  }));

Deno.test("pointLatest() points to the newest run, and leaves what is no link alone", () =>
  inFolder(async (dir) => {
    for (const name of ["20261123_140000", "20261123_150000"]) {
      await Deno.mkdir(`${dir}/${name}`);
      assert.equal(await pointLatest(`${dir}/${name}`), null);
      assert.equal(await Deno.readLink(`${dir}/latest`), name);
    }
    await Deno.remove(`${dir}/latest`);
    await Deno.mkdir(`${dir}/latest`);
    assert.match(await pointLatest(`${dir}/20261123_140000`) ?? "", /is not a link/);
    const left = (await Array.fromAsync(Deno.readDir(dir))).filter(({ name }) => name.startsWith("."));
    assert.deepEqual(left, []);
  }));
