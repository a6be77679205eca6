import assert from "node:assert/strict";
import { ResultWriter } from "../../lib/result/file.ts";
import { makePlan, makeRecords } from "../result/make_run.ts";
import { inFolder, june } from "./cli.ts";

/** Saves a made-up run where a run would have; one that is too slow or of another plan where that is asked for. */
async function save(dir: string, options: Parameters<typeof makeRecords>[0]): Promise<string> {
  await Deno.mkdir(dir, { recursive: true });
  const writer = await ResultWriter.create(`${dir}/result.ndjson`);
  for (const record of makeRecords(options)) writer.write(record);
  await writer.close();
  return dir;
}

Deno.test("compare says what changed, holds rules, and never compares what is not alike without a word", () =>
  inFolder(async (dir) => {
    const old = await save(`${dir}/old/sample/20261123_140000`, {});
    const slow = await save(`${dir}/new/sample/20261123_150000`, { seed: 9, slowTo: 60 });
    const other = await save(`${dir}/other`, { seed: 9, plan: makePlan({ stages: makePlan().stages.slice(1) }) });
    const rule = (change: string) => ["--fail-if", `p50(response_time) ${change}`];
    const [shown, strict, loose, unsure, different, accepted, missing, wrong] = await Promise.all([
      june("compare", `before=${dir}/old`, `${dir}/n*`, "--html", `${dir}/c.html`, "--junit", `${dir}/c.xml`),
      june("compare", old, slow, ...rule("+50%"), "--json", "-"),
      june("compare", old, slow, ...rule("+1000%"), "--quiet"),
      june("compare", old, slow, ...rule("+290%"), "--fail-if-unsure", "--quiet"),
      june("compare", old, other, ...rule("+50%"), "--quiet"),
      june("compare", old, other, ...rule("+50%"), "--quiet", "--accept-differences"),
      june("compare", old, `${dir}/none`),
      june("compare", old, slow, "--fail-if", "p50(response_time)"),
    ]);
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, /^SLOWER {2}.* is slower by/);
    assert.match(shown.stdout, /^baseline {2}before: /m);
    assert.match(await Deno.readTextFile(`${dir}/c.html`), /^<!doctype html>/);
    assert.match(await Deno.readTextFile(`${dir}/c.xml`), /<testsuites/);
    assert.deepEqual([strict.code, JSON.parse(strict.stdout).gates[0].state], [99, "broken"]);
    assert.deepEqual([loose.code, unsure.code], [0, 99]);
    assert.deepEqual([different.code, accepted.code], [5, 0]);
    assert.match(different.stdout, /^NOT COMPARABLE {2}.*stages ramp, hold against hold/);
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /Cannot read ".*none": no such file or folder/);
    const past = await june("history", dir, "--html", `${dir}/h.html`, "--json", `${dir}/h.json`);
    assert.equal(past.code, 0, past.stderr);
    assert.match(past.stdout, /^sample: 3 runs\n/);
    assert.match(await Deno.readTextFile(`${dir}/h.html`), /<title>History of sample /);
    assert.equal(JSON.parse(await Deno.readTextFile(`${dir}/h.json`))[0].runs.length, 3);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /such as "p95\(response_time\) \+5%"/);
  }));
