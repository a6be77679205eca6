import assert from "node:assert/strict";
import type { Device } from "../../../lib/ui/terminal/screen.ts";
import { openTerminal } from "../../../lib/ui/terminal/terminal.ts";
import { NOTHING_YET, SPIKE_LIVE, SPIKE_SUMMARY, STOPPING } from "./views.ts";
import { VirtualTerminal } from "./virtual_terminal.ts";

function pipe(): Device & { written: string } {
  return {
    isTerminal: false,
    written: "",
    size: () => ({ columns: 80, rows: 24 }),
    write(text) {
      this.written += text;
    },
  };
}

const env = (settings: Record<string, string> = {}) => (name: string) => ({ TERM: "xterm", ...settings })[name];

Deno.test("openTerminal() redraws in place and puts the summary where the view was", () => {
  const terminal = new VirtualTerminal(100, 40);
  terminal.write("$ june-load run spike\n");
  const view = openTerminal({ device: terminal, env: env() });
  view.update(NOTHING_YET);
  view.update(SPIKE_LIVE);
  assert.equal(terminal.seen()[0], "$ june-load run spike");
  assert.match(terminal.seen()[1]!, /^june-load {2}spike/);
  assert.equal(terminal.seen().filter((line) => line.startsWith("june-load")).length, 1);
  assert.equal(terminal.cursorShown, false);
  view.finish(SPIKE_SUMMARY);
  assert.match(terminal.seen()[1]!, /^FAIL {2}spike/);
  assert.match(terminal.seen().at(-2)!, /^exit +99/);
  assert.equal(terminal.cursorShown, true);
});

Deno.test("openTerminal() prints lines above the live view", () => {
  const terminal = new VirtualTerminal(100, 40);
  const view = openTerminal({ device: terminal, env: env() });
  view.update(SPIKE_LIVE);
  view.print("stopping\x1b[2J at your wish");
  assert.equal(terminal.seen()[0], "stopping at your wish");
  assert.match(terminal.seen()[1]!, /^june-load {2}spike/);
  view.close();
  assert.equal(terminal.cursorShown, true);
});

Deno.test("openTerminal() stays within a window of any size", () => {
  for (const [columns, rows] of [[80, 24], [40, 5], [20, 2], [1, 1]] as const) {
    const terminal = new VirtualTerminal(columns, rows);
    const view = openTerminal({ device: terminal, env: env() });
    for (const each of [NOTHING_YET, SPIKE_LIVE, STOPPING]) view.update(each);
    assert.deepEqual(terminal.gone, [], `${columns} x ${rows}`);
    view.close();
  }
});

Deno.test("openTerminal() writes plain lines into a pipe", () => {
  const device = pipe();
  const view = openTerminal({ device, env: env() });
  for (let s = 0; s <= 11; s++) view.update({ ...SPIKE_LIVE, elapsed_ms: s * 1000 });
  view.print("a note");
  view.finish(SPIKE_SUMMARY);
  const lines = device.written.split("\n");
  assert.match(lines[0]!, /^0:05 \/ 5:00 {2}stage spike/);
  assert.match(lines[1]!, /^0:10 \/ 5:00/);
  assert.equal(lines[2], "a note");
  assert.match(lines[3]!, /^FAIL {2}spike/);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(device.written, /\x1b/);
});

Deno.test("openTerminal() writes plain lines on a dumb terminal", () => {
  const terminal = new VirtualTerminal(200, 40);
  const view = openTerminal({ device: terminal, env: env({ TERM: "dumb" }) });
  for (let s = 0; s <= 11; s++) view.update({ ...SPIKE_LIVE, elapsed_ms: s * 1000 });
  view.close();
  assert.equal(terminal.seen().length, 3);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(terminal.written, /\x1b/);
});

Deno.test("openTerminal() honours NO_COLOR on a terminal and FORCE_COLOR in a pipe", () => {
  const terminal = new VirtualTerminal(100, 40);
  openTerminal({ device: terminal, env: env({ NO_COLOR: "1" }) }).finish(SPIKE_SUMMARY);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(terminal.written, /\x1b\[[\d;]*m/);
  const device = pipe();
  openTerminal({ device, env: env({ FORCE_COLOR: "1" }) }).finish(SPIKE_SUMMARY);
  assert.ok(device.written.startsWith("\x1b[1;31mFAIL\x1b[0m"));
});
