/** June-load in a real terminal: how the tests start it, and what must be left when it has ended. */
import assert from "node:assert/strict";
import { missingTmux, type Window } from "./tmux.ts";

/** Runs a module as the tests themselves run. */
export const DENO = `${Deno.execPath()} run -A --no-check --quiet`;
const MAIN = new URL("../../main.ts", import.meta.url).pathname;
/** The view is on the screen. */
export const UP = /^june-load {2}\w+/;
/** Heads of views. */
export const HEADS = /^june-load {2}\w+/gm;

const SCENARIOS = new URL("terminal.yaml", import.meta.url).pathname;

const missing = await missingTmux();
if (missing !== null) console.log(missing);

/** A test that needs tmux. */
export function terminalTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: missing !== null, fn });
}

/** The words that run a scenario. */
export function runOf(scenario: string, file = SCENARIOS): string {
  return `${DENO} ${MAIN} run --config ${file} --scenario ${scenario} --sim --output-dir out`;
}

/** Starts a run and waits until the view stands, with the first calls in it. */
export async function start(window: Window, scenario: string, file = SCENARIOS): Promise<void> {
  await window.until(/^\$$/m);
  await window.press(`${runOf(scenario, file)}; echo "left with $?"`, "Enter");
  await window.until((screen) => UP.test(screen) && / [1-9][\d.]* calls\/s/.test(screen), "the view with calls in it");
}

/** The run has ended with one of these codes; the terminal is the shell's, and nothing of the view is left on it. */
export async function assertLeft(window: Window, verdict: RegExp, codes: readonly number[]): Promise<void> {
  const screen = await window.until(new RegExp(`^left with (${codes.join("|")})$`, "m"));
  assert.match(screen, verdict, "the verdict is on the screen");
  assert.match(screen, /^report +out\//m);
  await assertShell(window);
  const history = await window.history();
  assert.equal(history.match(HEADS), null, `a view was left behind:\n${history}`);
  assert.doesNotMatch(history, /xyz/, "what was typed was left behind");
}

/** Lines are edited and shown as they are typed, as in any shell. */
export async function assertShell(window: Window): Promise<void> {
  await window.press("stty -a | grep -c -e '-icanon' -e '-echo ' -e '-isig'", "Enter");
  await window.until(/^0$/m, "a terminal that is not in raw mode");
  await window.press("clear", "Enter");
  await window.until((screen) => screen.trim() === "$", "an empty screen");
}
