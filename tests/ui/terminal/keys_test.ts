import assert from "node:assert/strict";
import fc from "fast-check";
import { createKeyReader } from "../../../lib/ui/terminal/device/keys.ts";

/** Keys of chunks, as the terminal sends them. */
function keysOf(...chunks: string[]): string {
  const read = createKeyReader();
  return chunks.flatMap((chunk) => read(chunk)).join("");
}

Deno.test("createKeyReader() gives printable characters and nothing else", () => {
  assert.equal(keysOf("s"), "s");
  assert.equal(keysOf("++", "-?"), "++-?");
  assert.equal(keysOf("é日👍"), "é日👍");
  assert.equal(keysOf("\r\n\t\x04\x7f\x00 "), " ");
});

Deno.test("createKeyReader() takes arrows, function keys, Alt and replies for no key, however they are cut", () => {
  for (const sequence of ["\x1b[A", "\x1bOP", "\x1b[15;2~", "\x1bs", "\x1b[?62;c", "\x1b[<0;10;10M"]) {
    assert.equal(keysOf(`d${sequence}p`), "dp", JSON.stringify(sequence));
    if (!sequence.startsWith("\x1b[")) continue;
    for (let cut = 2; cut < sequence.length; cut++) {
      assert.equal(
        keysOf(`d${sequence.slice(0, cut)}`, `${sequence.slice(cut)}p`),
        "dp",
        `${JSON.stringify(sequence)} at ${cut}`,
      );
    }
  }
  assert.equal(keysOf("\x1b", "s"), "s", "Escape, then a key");
});

Deno.test("createKeyReader() takes no letter of a pasted text for a key", () => {
  assert.equal(keysOf("\x1b[200~qsp\nls\x1b[201~d"), "d");
  const pasted = "\x1b[200~sq\x1b[A\x1b[20~s\x1b[201~";
  for (let cut = 2; cut < pasted.length; cut++) {
    assert.equal(keysOf(pasted.slice(0, cut), `${pasted.slice(cut)}d`), "d", `${cut}`);
  }
});

Deno.test("createKeyReader() never fails, and never holds more than a sequence back", () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: "binary", maxLength: 20 })), (chunks) => {
    const read = createKeyReader();
    for (const chunk of chunks) for (const key of read(chunk)) assert.match(key, /^[^\p{Cc}]$/u);
    assert.ok(read("\x1b[201~").length <= 64);
    assert.deepEqual(read("d"), ["d"]);
  }));
});
