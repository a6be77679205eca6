/** Comparison with files under tests/golden/terminal; UPDATE_GOLDEN=1 writes them anew. Look at them with `cat`. */
import assert from "node:assert/strict";

const FOLDER = new URL("../../golden/terminal/", import.meta.url);

/** Fails when `lines` are not what the file holds. */
export function assertGolden(name: string, lines: readonly string[]): void {
  const file = new URL(`${name}.txt`, FOLDER);
  const text = lines.map((line) => `${line}\n`).join("");
  if (Deno.env.get("UPDATE_GOLDEN") === "1") Deno.writeTextFileSync(file, text);
  assert.equal(text, Deno.readTextFileSync(file), `${name}.txt differs; look at it, then set UPDATE_GOLDEN=1`);
}
