/** Comparison with files under tests/golden; UPDATE_GOLDEN=1 writes them anew. Look at what changed before committing. */
import assert from "node:assert/strict";

const FOLDER = new URL("./", import.meta.url);

/** Fails when `text` is not what the file at `path`, relative to tests/golden, holds. */
export async function assertGolden(path: string, text: string): Promise<void> {
  const file = new URL(path, FOLDER);
  if (Deno.env.get("UPDATE_GOLDEN") === "1") await Deno.writeTextFile(file, text);
  const expected = await Deno.readTextFile(file);
  assert.equal(text, expected, `tests/golden/${path} differs; look at it, then set UPDATE_GOLDEN=1`);
}
