import assert from "node:assert/strict";
import fc from "fast-check";
import { Screen } from "../../../lib/ui/terminal/device/screen.ts";
import { VirtualTerminal } from "./virtual_terminal.ts";

const frame = (...lines: string[]) => lines.map((text) => ({ text, width: text.length }));

Deno.test("Screen draws each frame over the last one, and gives the old screen back", () => {
  const terminal = new VirtualTerminal(10, 6);
  terminal.write("$ run\n");
  const screen = new Screen(terminal);
  screen.draw(frame("one", "a long row", "three"));
  assert.deepEqual(terminal.seen(), ["one", "a long row", "three", "", "", ""]);
  screen.draw(frame("1", "2"));
  assert.deepEqual(terminal.seen(), ["1", "2", "", "", "", ""]);
  screen.draw(frame("1", "a long row", "3", "4", "5", "6", "7"));
  assert.deepEqual(terminal.seen(), ["1", "a long row", "3", "4", "5", "6"]);
  screen.leave();
  assert.deepEqual(terminal.seen(), ["$ run", ""]);
  assert.deepEqual(terminal.gone, []);
});

Deno.test("Screen shows any run of frames and sizes as only the last would look, and leaves nothing behind", () => {
  const line = fc.string({ unit: fc.constantFrom("x", "y", " "), maxLength: 12 });
  const size = fc.record({ columns: fc.integer({ min: 12, max: 20 }), rows: fc.integer({ min: 5, max: 9 }) });
  const frames = fc.array(fc.tuple(fc.array(line, { minLength: 1, maxLength: 5 }), size), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(fc.property(frames, (frames) => {
    const terminal = new VirtualTerminal(12, 5);
    terminal.write("$ run\n");
    const screen = new Screen(terminal);
    for (const [lines, { columns, rows }] of frames) {
      terminal.resize(columns, rows);
      screen.draw(frame(...lines));
      const expected = Array.from({ length: rows }, (_, at) => (lines[at] ?? "").trimEnd());
      assert.deepEqual(terminal.seen(), expected);
    }
    screen.leave();
    assert.deepEqual(terminal.seen(), ["$ run", ""]);
    assert.deepEqual(terminal.gone, []);
  }));
});

Deno.test("Screen draws over what another program wrote meanwhile", () => {
  const terminal = new VirtualTerminal(20, 3);
  const screen = new Screen(terminal);
  screen.draw(frame("one", "two", "three"));
  terminal.write("\rnoise");
  screen.draw(frame("one", "two", "three"));
  assert.deepEqual(terminal.seen(), ["one", "two", "three"]);
  screen.leave();
});

Deno.test("Screen hides the cursor and brackets pasted text while it is shown, and can come back", () => {
  const terminal = new VirtualTerminal(10, 6);
  const screen = new Screen(terminal);
  const state = () => [terminal.isOther, !terminal.cursorShown, terminal.bracketsPaste];
  for (let i = 0; i < 2; i++) {
    screen.draw(frame("one"));
    assert.deepEqual(state(), [true, true, true]);
    screen.leave();
    assert.deepEqual(state(), [false, false, false]);
  }
  const { written } = terminal;
  screen.leave();
  assert.equal(terminal.written, written);
});

/** Starts a program that imports `names` from the module under test. */
function start(names: string, program: string): Deno.ChildProcess {
  const module = new URL("../../../lib/ui/terminal/device/screen.ts", import.meta.url).href;
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

Deno.test("Screen gives cursor and screen back however the program ends", async () => {
  const endings = ["", "Deno.exit(3);", "throw new Error('lost');", "setTimeout(() => { throw new Error('late'); });"];
  const outputs = await Promise.all([...endings, "Promise.reject(new Error('nobody'));"].map(outputOf));
  for (const output of outputs) {
    assert.match(output, /frame/);
    assert.ok(output.endsWith("\x1b[?2004l\x1b[?1049l\x1b[?25h"), JSON.stringify(output));
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
