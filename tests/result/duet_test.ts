import assert from "node:assert/strict";
import { RecordDecoder } from "../../lib/result/decode/decoder.ts";
import { DuetRuns } from "../../lib/result/duet.ts";
import { readResult, readSides, ResultWriter } from "../../lib/result/file.ts";
import type { ResultRecord } from "../../lib/result/record.ts";
import { Run } from "../../lib/result/run.ts";
import { duetRecords } from "./make_duet.ts";
import { makeHeader, makePlan, makeRecords } from "./make_run.ts";

Deno.test("a saved duet is read as the runs of its sides, each as if it had been made alone", async () => {
  const dir = await Deno.makeTempDir();
  const writer = await ResultWriter.create(`${dir}/result.ndjson`);
  for (const record of duetRecords()) writer.write(record);
  await writer.close();
  const duet = await readSides(dir);
  assert.ok(duet instanceof DuetRuns);
  for (const [side, seed] of [[0, undefined], [1, 5]] as const) {
    const alone = new Run(makeHeader(makePlan()));
    const records = makeRecords(seed === undefined ? {} : { seed });
    for (const record of records) if (record.type !== "header") alone.add(record);
    const run: Run = duet.sides[side];
    assert.deepEqual(run.operations, alone.operations);
    for (const operations of alone.operations) {
      assert.deepEqual(run.total({ operations }), alone.total({ operations }));
    }
    assert.deepEqual(run.failures, alone.failures);
    assert.deepEqual(
      run.slots.map(({ connections }) => connections),
      alone.slots.map(({ connections }) => connections),
    );
    assert.equal(run.unaccounted, 0);
    assert.equal(run.end?.reason, "completed");
  }
  const whole = await readResult(dir);
  assert.equal(whole.total().issued, duet.sides[0].total().issued + duet.sides[1].total().issued);
  assert.equal((await readSides(await saved(dir, makeRecords()))) instanceof Run, true);
  await Deno.remove(dir, { recursive: true });
});

async function saved(dir: string, records: readonly ResultRecord[]): Promise<string> {
  const writer = await ResultWriter.create(`${dir}/other.ndjson`);
  for (const record of records) writer.write(record);
  await writer.close();
  return `${dir}/other.ndjson`;
}

Deno.test("a line that is damaged breaks off both sides", async () => {
  const dir = await Deno.makeTempDir();
  const lines = duetRecords().map((record) => JSON.stringify(record));
  await Deno.writeTextFile(`${dir}/result.ndjson`, `${[...lines.slice(0, 20), "{}", ...lines.slice(21)].join("\n")}\n`);
  const duet = await readSides(dir) as DuetRuns;
  for (const run of duet.sides) assert.equal(run.damage?.line, 21);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("a stranger's duet is refused in words where its sides are not alike", () => {
  const [header] = duetRecords() as [ReturnType<typeof makeHeader>];
  const faultOf = (duet: unknown, tasks = header.plan.tasks) => {
    const line = JSON.stringify({ ...header, plan: { ...header.plan, duet, tasks } });
    const decoded = new RecordDecoder().decode(line, line.length);
    return "fault" in decoded ? decoded.fault : null;
  };
  assert.equal(faultOf({ sides: ["A", "B"] }), null);
  assert.match(faultOf({ sides: ["A", "B"] }, header.plan.tasks.slice(1))!, /not the same on both sides/);
  assert.match(faultOf({ sides: ["A", "C"] })!, /neither side/);
  for (const wrong of [{}, { sides: ["A"] }, { sides: ["A", "B", "C"] }, { sides: ["A", 7] }, "A", []]) {
    assert.ok(faultOf(wrong), JSON.stringify(wrong));
  }
});
