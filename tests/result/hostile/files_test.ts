import assert from "node:assert/strict";
import { UserError } from "../../../lib/plan/errors.ts";
import { readResult } from "../../../lib/result/file.ts";
import { evaluate } from "../../../lib/verdict/evaluate.ts";
import { HOSTILE_FILES, type HostileFile, soundLines } from "./files.ts";

async function withFile(text: string, body: (path: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${dir}/result.ndjson`, text);
    await body(`${dir}/result.ndjson`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function answers({ text, answer, words }: HostileFile): Promise<void> {
  await withFile(text, async (path) => {
    if (answer === "refused") {
      await assert.rejects(readResult(path), (error) => {
        assert.ok(error instanceof UserError && error.kind === "input", String(error));
        assert.ok(error.message.startsWith(`Cannot read "${path}": `), error.message);
        assert.match(error.message, words);
        return true;
      });
      return;
    }
    const run = await readResult(path);
    assert.equal(run.damage?.line, answer, `${run.damage?.reason}`);
    assert.match(run.damage?.reason ?? "", words);
    assert.match(run.damage?.reason ?? "", /^[\x20-\x7e]{1,300}$/);
    const seconds = text.split("\n").slice(0, answer - 1).filter((line) => line.startsWith('{"type":"interval"'));
    assert.equal(run.slots.length, seconds.length, "what comes before the line is kept");
    const { status, sentence } = evaluate(run);
    assert.deepEqual([run.end, status], [null, "INVALID"]);
    assert.match(sentence, /^The result is damaged/);
  });
}

Deno.test("the result that the hostile ones are made from is whole and passes", async () => {
  await withFile(soundLines().join("\n"), async (path) => {
    const run = await readResult(path);
    assert.deepEqual([run.damage, run.end?.reason, evaluate(run).status], [null, "completed", "PASS"]);
  });
});

Deno.test("there are at least eighty hostile files, each with a name of its own", () => {
  assert.ok(HOSTILE_FILES.length >= 80, String(HOSTILE_FILES.length));
  assert.equal(new Set(HOSTILE_FILES.map(({ name }) => name)).size, HOSTILE_FILES.length);
});

for (const file of HOSTILE_FILES) Deno.test(`readResult() of ${file.name}`, () => answers(file));
