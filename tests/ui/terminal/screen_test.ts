import assert from "node:assert/strict";
import fc from "fast-check";
import { Screen } from "../../../lib/ui/terminal/screen.ts";
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
  screen.print(frame("a note", "another"));
  assert.deepEqual(terminal.seen(), ["a note", "another", ""]);
  screen.draw(frame("second frame"));
  assert.deepEqual(terminal.seen(), ["a note", "another", "second frame"]);
  screen.close();
});

Deno.test("Screen prints rows that are just as wide as the window, and wider", () => {
  const terminal = new VirtualTerminal(10, 10);
  const screen = new Screen(terminal);
  screen.draw(frame("xxxxxxxxxx", "xxxxxxxxxx", "xxxxxxxxxx", "xxxxxxxxxx", "xxxxxxxxxx"));
  screen.print(frame("0123456789", "0123456789abc", ""));
  assert.deepEqual(terminal.seen(), ["0123456789", "0123456789", "abc", "", ""]);
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

/** Starts a program that imports `names` from the module under test. */
function start(names: string, program: string): Deno.ChildProcess {
  const module = new URL("../../../lib/ui/terminal/screen.ts", import.meta.url).href;
  const url = `data:text/javascript,${encodeURIComponent(`import { ${names} } from "${module}";\n${program}`)}`;
  const args = ["run", "-A", "--no-check", url];
  return new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "piped", stderr: "null" }).spawn();
}

/** What a program writes that draws and then ends without closing. */
async function outputOf(ending: string): Promise<string> {
  const program = `
    const write = (text) => { Deno.stdout.writeSync(new TextEncoder().encode(text)); };
    new Screen({ isTerminal: true, size: () => ({ columns: 80, rows: 24 }), write }).draw([{ text: "frame", width: 5 }]);
    ${ending}`;
  return new TextDecoder().decode((await start("Screen", program).output()).stdout);
}

Deno.test("Screen gives the cursor back however the program ends", async () => {
  const endings = ["", "Deno.exit(3);", "throw new Error('lost');", "setTimeout(() => { throw new Error('late'); });"];
  const outputs = await Promise.all([...endings, "Promise.reject(new Error('nobody'));"].map(outputOf));
  for (const output of outputs) {
    assert.match(output, /frame/);
    assert.ok(output.endsWith("\n\x1b[?25h"), JSON.stringify(output));
  }
});

Deno.test("openDevice() writes all of a long text into a slow pipe", async () => {
  const output = await start("openDevice", `openDevice("stdout").write("x".repeat(300_000));`).output();
  assert.equal(output.stdout.length, 300_000);
});

Deno.test("openDevice() goes on in silence when nobody reads any more", async () => {
  const child = start(
    "openDevice",
    `const d = openDevice("stdout"); for (let i = 0; i < 99; i++) d.write("x".repeat(9999)); Deno.exit(7);`,
  );
  await child.stdout.cancel();
  assert.equal((await child.status).code, 7);
});

Deno.test("openDevice() knows a pipe from a terminal and always has a size", async () => {
  const program = `const d = openDevice("stdout"); d.write(JSON.stringify([d.isTerminal, d.size().columns > 0]));`;
  assert.equal(new TextDecoder().decode((await start("openDevice", program).output()).stdout), "[false,true]");
});
