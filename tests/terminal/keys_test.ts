/** Keys, sizes and typing while the view is up. */
import assert from "node:assert/strict";
import { inFolder } from "../end_to_end/cli.ts";
import { assertLeft, HEADS, start, terminalTest, UP } from "./runs.ts";
import { inWindow, type Window } from "./tmux.ts";

/** Presses each key and waits for what it does. */
async function pressEach(window: Window): Promise<void> {
  await window.press("xyz");
  await window.press("?");
  await window.until(/q as Ctrl-C: stop, twice ends at once/);
  await window.press("?");
  await window.until(/\? keys\n+$/);
  await window.press("d");
  await window.until(
    (screen) => UP.test(screen) && /d back/.test(screen) && /tokens\/s in total/.test(screen),
    "details",
  );
  await window.press("d");
  await window.until(/d details/);
  await window.press("+");
  await window.until(/ 22 users/);
  await window.press("-");
  await window.until(/ 20 users/);
  await window.press("p");
  await window.until(/ paused$/m);
  await window.press("p");
  await window.until((screen) => !/ paused$/m.test(screen), "a run that goes on");
}

/** Whether a view and nothing else fills a window. */
function fills(screen: string, columns: number, rows: number): boolean {
  const lines = screen.replace(/\n$/, "").split("\n");
  return UP.test(screen) && screen.match(HEADS)?.length === 1 && / keys$/.test(lines.at(-1) ?? "") &&
    lines.length === rows && lines.every((line) => [...line].length <= columns) && !screen.includes("xyz");
}

for (const [columns, rows] of [[80, 24], [120, 40]] as const) {
  const name = `each key does what it says, and sizes and typing leave nothing behind, at ${columns}x${rows}`;
  terminalTest(name, () =>
    inFolder((dir) =>
      inWindow({ columns, rows, dir }, async (window) => {
        await start(window, "terminal");
        await pressEach(window);
        for (const [width, height] of [[40, 12], [60, 30], [columns, rows]] as const) {
          await window.resize(width, height);
          await window.until((screen) => fills(screen, width, height), `a view that fills ${width}x${height}`);
        }
        await window.press("s");
        await assertLeft(window, /^(FAIL|INVALID) {2}terminal, /m, [5, 99]);
      })
    ));
}

terminalTest("a key that cannot act says why, and q is Ctrl-C", () =>
  inFolder(async (dir) => {
    await Deno.copyFile(new URL("replayed.yaml", import.meta.url), `${dir}/terminal.yaml`);
    await Deno.writeTextFile(`${dir}/arrivals.txt`, Array.from({ length: 3000 }, (_, i) => `${i / 10}\n`).join(""));
    await inWindow({ columns: 80, rows: 24, dir }, async (window) => {
      await start(window, "replayed", `${dir}/terminal.yaml`);
      await window.press("+");
      assert.match(await window.until(/^Cannot raise: the load /m), UP);
      await window.press("q");
      await window.until((screen) => /stopping/.test(screen) || /^left with/m.test(screen), "a run that stops");
      await assertLeft(window, /^(FAIL|INVALID) {2}replayed, /m, [130]);
    });
  }));
