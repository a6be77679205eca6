import assert from "node:assert/strict";
import { openTextStream } from "../../../lib/ui/terminal/text_stream.ts";

/** Takes three bytes at a time; each entry of `faults` is thrown once instead. */
class Sink {
  taken = "";
  constructor(readonly faults: (Error | null)[] = []) {}

  writeSync(bytes: Uint8Array): number {
    const fault = this.faults.shift() ?? null;
    if (fault !== null) throw fault;
    this.taken += new TextDecoder().decode(bytes.subarray(0, 3));
    return Math.min(3, bytes.length);
  }
}

Deno.test("a text goes out whole, through its filter, however little is taken at a time", () => {
  const sink = new Sink();
  const stream = openTextStream(sink, (text) => text.replace("secret", "***"));
  stream.write("a secret word\n");
  assert.deepEqual([sink.taken, stream.lost], ["a *** word\n", null]);
});

Deno.test("a full pipe that does not block is waited for", () => {
  const sink = new Sink([null, new Deno.errors.WouldBlock("full"), new Deno.errors.WouldBlock("full"), null]);
  const stream = openTextStream(sink);
  stream.write("0123456789");
  assert.deepEqual([sink.taken, stream.lost], ["0123456789", null]);
});

Deno.test("after its first fault a stream takes nothing, throws nothing and knows why", () => {
  const full = Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
  const terminal = Object.assign(new Error("Input/output error (os error 5)"), { code: "EIO" });
  const cases: [fault: Error, kind: "closed" | "failed"][] = [
    [full, "failed"],
    [terminal, "closed"],
    [new Deno.errors.BrokenPipe("gone"), "closed"],
  ];
  for (const [fault, kind] of cases) {
    const sink = new Sink([null, fault]);
    const stream = openTextStream(sink);
    stream.write("abcdef");
    stream.write("more");
    assert.deepEqual([sink.taken, stream.lost?.kind], ["abc", kind]);
  }
});
