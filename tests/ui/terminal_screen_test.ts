import assert from "node:assert/strict";
import fc from "fast-check";
import { Screen } from "../../lib/ui/terminal/screen.ts";
import { VirtualTerminal } from "./virtual_terminal.ts";

const frame = (...lines: string[]) => lines.map((text) => ({ text, width: text.length }));

Deno.test("Screen draws each frame over the last one", () => {
  const terminal = new VirtualTerminal(10, 6);
  terminal.write("$ run\n");
  const screen = new Screen(terminal);
  screen.draw(frame("one", "a long row", "three"));
  assert.deepEqual(terminal.seen(), ["$ run", "one", "a long row", "three"]);
  screen.draw(frame("1", "2"));
  assert.deepEqual(terminal.seen(), ["$ run", "1", "2"]);
  screen.draw(frame("1", "a long row", "3", "4"));
  assert.deepEqual(terminal.seen(), ["$ run", "1", "a long row", "3", "4"]);
  screen.close();
});

Deno.test("Screen shows any run of frames as only the last would look", () => {
  const line = fc.string({ unit: fc.constantFrom("x", "y", " "), maxLength: 12 });
  const frames = fc.array(fc.array(line, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 });
  fc.assert(fc.property(frames, (frames) => {
    const terminal = new VirtualTerminal(12, 5);
    const screen = new Screen(terminal);
    for (const lines of frames) screen.draw(frame(...lines));
    const last = frames.at(-1)!.map((text) => text.trimEnd());
    assert.deepEqual(terminal.seen().slice(-last.length), last);
    assert.deepEqual(terminal.gone, []);
    screen.close();
  }));
});

Deno.test("Screen hides the cursor while it draws and gives it back once", () => {
  const terminal = new VirtualTerminal(10, 6);
  const screen = new Screen(terminal);
  screen.draw(frame("one"));
  assert.equal(terminal.cursorShown, false);
  screen.close();
  assert.equal(terminal.cursorShown, true);
  assert.deepEqual(terminal.seen(), ["one", ""]);
  const { written } = terminal;
  screen.close();
  assert.equal(terminal.written, written);
});

Deno.test("Screen prints lines above the frame, which stay", () => {
  const terminal = new VirtualTerminal(20, 10);
  const screen = new Screen(terminal);
  screen.draw(frame("first frame", "two rows"));
  screen.print(["a note", "another"]);
  assert.deepEqual(terminal.seen(), ["a note", "another", ""]);
  screen.draw(frame("second frame"));
  assert.deepEqual(terminal.seen(), ["a note", "another", "second frame"]);
  screen.close();
});

Deno.test("Screen finds its frame again when the window was made narrower", () => {
  const terminal = new VirtualTerminal(20, 10);
  terminal.write("$ run\n");
  const screen = new Screen(terminal);
  screen.draw(frame("a row of 17 chars", "short"));
  terminal.resize(10, 10);
  screen.draw(frame("narrow", "short"));
  assert.deepEqual(terminal.seen(), ["$ run", "narrow", "short"]);
  screen.close();
});

/** Runs a program that draws and then ends without closing; returns what it wrote. */
async function outputOf(ending: string): Promise<string> {
  const program = `
    import { Screen } from ${JSON.stringify(new URL("../../lib/ui/terminal/screen.ts", import.meta.url).href)};
    const write = (text) => { Deno.stdout.writeSync(new TextEncoder().encode(text)); };
    new Screen({ isTerminal: true, size: () => ({ columns: 80, rows: 24 }), write }).draw([{ text: "frame", width: 5 }]);
    ${ending}`;
  const url = `data:text/javascript,${encodeURIComponent(program)}`;
  const command = new Deno.Command(Deno.execPath(), { args: ["run", "-A", "--no-check", url], stderr: "null" });
  return new TextDecoder().decode((await command.output()).stdout);
}

Deno.test("Screen gives the cursor back however the program ends", async () => {
  const endings = ["", "Deno.exit(3);", "throw new Error('lost');", "setTimeout(() => { throw new Error('late'); });"];
  const outputs = await Promise.all([...endings, "Promise.reject(new Error('nobody'));"].map(outputOf));
  for (const output of outputs) {
    assert.match(output, /frame/);
    assert.ok(output.endsWith("\n\x1b[?25h"), JSON.stringify(output));
  }
});
