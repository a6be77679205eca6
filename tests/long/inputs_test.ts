/** Inputs that are larger than the memory they may take. */
import assert from "node:assert/strict";
import { join } from "node:path";

const MEGABYTE = 1024 * 1024;
const ENTRIES = 200_000;
/** What is kept of entries (32 MB), what was made of them, the index (2.4 MB) and what waits for the garbage collector. */
const MOST_BYTES = 190 * MEGABYTE;

/** One entry of about a thousand bytes, as a line or an element. */
const entry = (at: number): string =>
  JSON.stringify({ id: at, messages: [{ role: "user", content: `${at} ${"question ".repeat(115)}` }] });

async function makeFile(path: string, [open, between, close]: [string, string, string]): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  const writer = file.writable.getWriter();
  const encoder = new TextEncoder();
  for (let at = 0; at < ENTRIES; at += 1000) {
    const part = Array.from({ length: 1000 }, (_, i) => entry(at + i)).join(between);
    const begin = at === 0 ? open : between;
    await writer.write(encoder.encode(begin + part + (at + 1000 >= ENTRIES ? close : "")));
  }
  await writer.close();
}

for (const [name, marks] of [["big.jsonl", ["", "\n", "\n"]], ["big.json", ["[\n", ",\n", "]\n"]]] as const) {
  Deno.test(`a file of 200 MB is read with little memory: ${name}`, async (t) => {
    const folder = await Deno.makeTempDir();
    try {
      const path = join(folder, name);
      await makeFile(path, [...marks]);
      assert.ok((await Deno.stat(path)).size > 200 * MEGABYTE);
      const probe = new URL("./inputs_probe.ts", import.meta.url).pathname;
      const args = ["run", "-A", "--no-check", probe, path];
      const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
      assert.ok(success, new TextDecoder().decode(stderr));
      const found = JSON.parse(new TextDecoder().decode(stdout));
      const grown = found.peak_bytes - found.before_bytes;
      const told = `${Math.round(found.index_ms)} ms to check all, ${found.draw_us.toFixed(1)} us a draw`;
      await t.step(`took ${Math.round(grown / MEGABYTE)} MB, ${told}`, () => {
        assert.ok(grown < MOST_BYTES, `${grown} bytes`);
        assert.ok(found.characters > 900, "entries are whole");
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
