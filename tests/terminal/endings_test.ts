/** However a run ends, the verdict is on the screen and the terminal is as it was. */
import assert from "node:assert/strict";
import { inFolder } from "../end_to_end/cli.ts";
import { assertLeft, assertShell, DENO, runOf, terminalTest, UP } from "./runs.ts";
import { inWindow } from "./tmux.ts";

const BROKEN = new URL("broken.ts", import.meta.url).pathname;

terminalTest(
  "a run that ends by itself leaves its verdict on the screen",
  () =>
    inFolder((dir) =>
      inWindow({ columns: 80, rows: 24, dir }, async (window) => {
        await window.until(/^\$$/m);
        await window.press(`${runOf("short")}; echo "left with $?"`, "Enter");
        await window.until(UP);
        // On a busy machine the verdict may be that nobody knows.
        await assertLeft(window, /^(PASS|INVALID) {2}short, /m, [0, 5]);
      })
    ),
);

for (const signal of ["SIGTERM", "SIGHUP"] as const) {
  terminalTest(
    `${signal} ends a run as Ctrl-C does`,
    () =>
      inFolder((dir) =>
        inWindow({ columns: 80, rows: 24, dir }, async (window) => {
          await window.until(/^\$$/m);
          await window.press(`sh -c 'echo $$ > pid; exec ${runOf("terminal")}'; echo "left with $?"`, "Enter");
          await window.until(UP);
          Deno.kill(Number(await Deno.readTextFile(`${dir}/pid`)), signal);
          await assertLeft(window, /^(FAIL|INVALID) {2}terminal, /m, [130]);
        })
      ),
  );
}

terminalTest(
  "a program that breaks while the view is up gives the terminal back",
  () =>
    inFolder((dir) =>
      inWindow({ columns: 80, rows: 24, dir }, async (window) => {
        await window.until(/^\$$/m);
        for (const [ending, code] of [["throw", 1], ["reject", 1], ["exit", 7]] as const) {
          await window.press(`${DENO} ${BROKEN} ${ending}; echo "left with $?"`, "Enter");
          await window.until(UP);
          await window.press("x");
          const screen = await window.until(new RegExp(`^left with ${code}$`, "m"));
          assert.doesNotMatch(screen, UP);
          if (ending !== "exit") assert.match(screen, /broken on purpose/);
          await assertShell(window);
        }
      })
    ),
);

terminalTest(
  "in a pipeline that has a terminal a run is plain lines",
  () =>
    inFolder((dir) =>
      inWindow({ columns: 100, rows: 40, dir }, async (window) => {
        await window.until(/^\$$/m);
        await window.press(`CI=true ${runOf("short")}; echo "left with $?"`, "Enter");
        const screen = await window.until(/^left with [05]$/m);
        assert.match(screen, /^(PASS|INVALID) {2}short, /m);
        assert.match(screen, /^0:0\d \/ 0:0\d /m);
        assert.doesNotMatch(screen, UP);
        await assertShell(window);
      })
    ),
);
