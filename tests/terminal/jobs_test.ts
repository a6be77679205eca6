/** Ctrl-Z, the background and the way back. */
import assert from "node:assert/strict";
import { inFolder } from "../end_to_end/cli.ts";
import { assertShell, start, terminalTest, UP } from "./runs.ts";
import { inWindow } from "./tmux.ts";

terminalTest(
  "Ctrl-Z gives the shell its terminal, also in the background, and fg brings the view back",
  () =>
    inFolder((dir) =>
      inWindow({ columns: 80, rows: 24, dir }, async (window) => {
        await start(window, "terminal");
        await window.press("C-z");
        await window.until(/Stopped/);
        await assertShell(window);
        await window.press("bg", "Enter", "jobs", "Enter");
        await window.until(/Running/);
        await window.press("echo still $((40 + 2))", "Enter");
        assert.doesNotMatch(await window.until(/still 42/), UP, "in the background nothing is drawn");
        await window.press("fg", "Enter");
        await window.until(UP);
        await window.press("C-c");
        assert.match(await window.until(/^exit +130/m), /^(FAIL|INVALID) {2}terminal, /m);
        await assertShell(window);
      })
    ),
);
