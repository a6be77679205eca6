import assert from "node:assert/strict";
import type { Keyboard } from "../../../lib/ui/terminal/device/keyboard.ts";
import type { Device } from "../../../lib/ui/terminal/device/screen.ts";
import type { TerminalEvents } from "../../../lib/ui/terminal/device/signals.ts";
import { openTerminal } from "../../../lib/ui/terminal/terminal.ts";
import { NOTHING_YET, PASS_SUMMARY, SPIKE_LIVE, SPIKE_SUMMARY, STOPPING } from "./views.ts";
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

/** A terminal of which the test is shell and user. */
function session(columns: number, rows: number) {
  const terminal = new VirtualTerminal(columns, rows);
  terminal.write("$ june-load run spike\n");
  const state = { isOwn: true, keysOpen: 0, keysClosed: 0, watched: 0 };
  let press: (key: string) => void = () => assert.fail("nobody hears the keys");
  let events: TerminalEvents | null = null;
  const keyboard: Keyboard = {
    open: (hear) => {
      press = hear;
      state.keysOpen++;
    },
    close: () => void state.keysClosed++,
  };
  const view = openTerminal({
    device: terminal,
    env: env(),
    keyboard,
    isOwn: () => state.isOwn,
    watch: (heard) => {
      events = heard;
      state.watched++;
      return () => void state.watched--;
    },
  });
  return { terminal, view, state, press: (key: string) => press(key), events: () => events ?? assert.fail("not up") };
}

Deno.test("openTerminal() draws on a screen of its own and puts the summary on the old one", () => {
  const { terminal, view, state } = session(100, 40);
  view.update(NOTHING_YET);
  view.update(SPIKE_LIVE);
  assert.equal(terminal.isOther, true);
  assert.match(terminal.seen()[0] ?? "", /^june-load {2}spike/);
  assert.equal(terminal.seen().filter((line) => line.startsWith("june-load")).length, 1);
  assert.match(terminal.seen().at(-1) ?? "", /\? keys$/);
  assert.equal(terminal.cursorShown, false);
  view.finish(SPIKE_SUMMARY);
  assert.deepEqual([terminal.isOther, terminal.cursorShown, state.watched], [false, true, 0]);
  assert.equal(terminal.seen()[0], "$ june-load run spike");
  assert.match(terminal.seen()[1] ?? "", /^FAIL {2}spike/);
  assert.match(terminal.seen().at(-2) ?? "", /^exit +99/);
  assert.equal(state.keysOpen, 1);
  assert.ok(state.keysClosed >= 1);
});

Deno.test("openTerminal() shows what is printed at once, and keeps it for the old screen", () => {
  const { terminal, view } = session(100, 40);
  view.update(SPIKE_LIVE);
  view.print("the result moved\x1b[2J");
  assert.equal(terminal.seen().at(-1), "the result moved");
  view.leave();
  view.print("after it");
  assert.deepEqual(terminal.seen(), ["$ june-load run spike", "the result moved", "after it", ""]);
  view.finish(PASS_SUMMARY);
  assert.match(terminal.seen()[3] ?? "", /^PASS/);
});

Deno.test("openTerminal() leaves the last view on the screen where there is no summary", () => {
  const { terminal, view, state } = session(100, 40);
  view.update(SPIKE_LIVE);
  view.close();
  assert.equal(terminal.isOther, false);
  assert.match(terminal.seen()[1] ?? "", /^june-load {2}spike/);
  assert.doesNotMatch(terminal.seen().join("\n"), /\? keys/);
  const { written } = terminal;
  view.close();
  assert.equal(terminal.written, written);
  assert.equal(state.watched, 0);
});

Deno.test("openTerminal() hears keys while it is up, and takes them until the summary stands", () => {
  const { terminal, view, press, state } = session(100, 40);
  const heard: string[] = [];
  view.onKey((key) => heard.push(key));
  view.update(SPIKE_LIVE);
  press("p");
  view.leave();
  press("s");
  assert.deepEqual(heard, ["p"]);
  assert.equal(state.keysClosed, 0, "a key pressed now would stand before the summary");
  view.finish(SPIKE_SUMMARY);
  assert.ok(state.keysClosed > 0);
  assert.equal(terminal.isOther, false);
});

Deno.test("openTerminal() shows details, help and answers in turn", () => {
  const { terminal, view } = session(80, 24);
  view.update(SPIKE_LIVE);
  view.toggle("details");
  assert.equal(view.details, true);
  assert.match(terminal.seen().join("\n"), /DEADLINE_EXCEEDED/);
  view.toggle("details");
  assert.doesNotMatch(terminal.seen().join("\n"), /DEADLINE_EXCEEDED/);
  view.toggle("help");
  assert.match(terminal.seen().join("\n"), /q as Ctrl-C/);
  view.toggle("help");
  view.say("Cannot raise: the load has ended");
  assert.equal(terminal.seen().at(-1), "Cannot raise: the load has ended");
  view.close();
});

Deno.test("openTerminal() gives the terminal to the shell at Ctrl-Z, and takes it back when it is its own again", () => {
  const { terminal, view, state, events } = session(80, 24);
  view.update(SPIKE_LIVE);
  events().stopping();
  assert.deepEqual([terminal.isOther, terminal.cursorShown], [false, true]);
  assert.equal(state.keysClosed, 1);
  terminal.write("[1]+ Stopped\n$ bg\n");
  state.isOwn = false;
  events().continued();
  view.update(SPIKE_LIVE);
  assert.equal(terminal.isOther, false, "in the background the terminal is the shell's");
  assert.equal(state.keysOpen, 1);
  terminal.write("$ fg\n");
  state.isOwn = true;
  view.update(SPIKE_LIVE);
  assert.equal(terminal.isOther, true);
  assert.equal(state.keysOpen, 2);
  view.finish(SPIKE_SUMMARY);
  assert.doesNotMatch(terminal.seen().join("\n"), /june-load {2}spike/);
});

Deno.test("openTerminal() says when no shell could bring it back", () => {
  const { terminal, view, events } = session(80, 24);
  view.update(SPIKE_LIVE);
  events().stopRefused();
  assert.match(terminal.seen().at(-1) ?? "", /^Ctrl-Z: no shell could bring june-load back/);
  view.close();
});

Deno.test("openTerminal() follows the window", () => {
  const { terminal, view, events } = session(80, 24);
  view.update(SPIKE_LIVE);
  for (const [columns, rows] of [[120, 40], [40, 10], [200, 50]] as const) {
    terminal.resize(columns, rows);
    events().resized();
    assert.equal(terminal.seen().length, rows);
    assert.match(terminal.seen()[0] ?? "", /^june-load {2}spike/);
    assert.match(terminal.seen().at(-1) ?? "", /\? keys$/);
  }
  view.finish(SPIKE_SUMMARY);
  assert.equal(terminal.seen()[0], "$ june-load run spike");
});

Deno.test("openTerminal() stays within a window of any size", () => {
  for (const [columns, rows] of [[80, 24], [40, 5], [20, 2], [1, 1]] as const) {
    const terminal = new VirtualTerminal(columns, rows);
    const view = openTerminal({ device: terminal, env: env(), watch: () => () => {}, isOwn: () => true });
    for (const each of [NOTHING_YET, SPIKE_LIVE, STOPPING]) view.update(each);
    assert.deepEqual(terminal.gone, [], `${columns} x ${rows}`);
    assert.ok(terminal.seen().length <= rows && terminal.seen().every((line) => [...line].length <= columns));
    view.leave();
    view.finish(PASS_SUMMARY);
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

Deno.test("openTerminal() writes plain lines in a pipeline that has a terminal", () => {
  for (
    const [setting, isPlain] of [["true", true], ["1", true], ["woodpecker", true], ["false", false], [
      "",
      false,
    ]] as const
  ) {
    const terminal = new VirtualTerminal(200, 40);
    const device = { isTerminal: true, size: () => terminal.size(), write: (text: string) => terminal.write(text) };
    const view = openTerminal({
      device,
      env: env({ CI: setting, NO_COLOR: "1" }),
      watch: () => () => {},
      isOwn: () => true,
    });
    for (let s = 0; s <= 11; s++) view.update({ ...SPIKE_LIVE, elapsed_ms: s * 1000 });
    assert.equal(terminal.isOther, !isPlain, setting);
    if (isPlain) assert.deepEqual(terminal.seen().map((line) => line.slice(0, 4)), ["0:05", "0:10", ""]);
    view.close();
  }
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
