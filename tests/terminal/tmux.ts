/** A real terminal for a test: a window of tmux with a shell in it, of which the test is the user. */
import assert from "node:assert/strict";

/** A window of a size of its own. */
export interface Window {
  /** Types text, or presses a key that tmux knows by name, such as `Enter` or `C-c`. */
  press(...keys: string[]): Promise<void>;
  /** What is on the screen, without spaces at the ends of rows. */
  screen(): Promise<string>;
  /** All lines that have scrolled away, and the screen. */
  history(): Promise<string>;
  resize(columns: number, rows: number): Promise<void>;
  /** Waits until the screen shows what matches. */
  until(what: RegExp | ((screen: string) => boolean), why?: string): Promise<string>;
}

/** Longest wait for a condition; a loaded machine takes its time. */
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 50;

/** Why there is no tmux; null where there is. */
export async function missingTmux(): Promise<string | null> {
  const found = await new Deno.Command("sh", { args: ["-c", "command -v tmux"], stdout: "null" }).output();
  return found.success ? null : "tmux is not installed: the tests of the terminal were skipped";
}

/** Runs `test` in a window with a shell in `dir`, which is an interactive bash without the user's settings. */
export async function inWindow(
  options: { columns: number; rows: number; dir: string },
  test: (window: Window) => Promise<void>,
): Promise<void> {
  const socket = `${options.dir}/tmux`;
  const tmux = async (...args: string[]) => {
    const { success, stdout, stderr } = await new Deno.Command("tmux", {
      args: ["-S", socket, "-f", "/dev/null", ...args],
    })
      .output();
    assert.ok(success, `tmux ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  };
  const settings = `${options.dir}/bashrc`;
  await Deno.writeTextFile(settings, "PS1='$ '\nunset CI NO_COLOR HISTFILE\nexport LC_ALL=C.UTF-8\n");
  const size = ["-x", `${options.columns}`, "-y", `${options.rows}`];
  await tmux("new-session", "-d", ...size, "-c", options.dir, `bash --noprofile --rcfile ${settings}`);
  try {
    await test(windowOf(tmux));
  } finally {
    await tmux("kill-server").catch(() => {});
  }
}

function windowOf(tmux: (...args: string[]) => Promise<string>): Window {
  const screen = () => tmux("capture-pane", "-p");
  const until: Window["until"] = async (what, why = String(what)) => {
    const deadline = performance.now() + PATIENCE_MS;
    let seen = "";
    while (performance.now() < deadline) {
      seen = await screen();
      if (typeof what === "function" ? what(seen) : what.test(seen)) return seen;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    throw new Error(`The screen never showed ${why}:\n${seen}`);
  };
  return {
    press: async (...keys) => {
      for (const key of keys) await tmux("send-keys", ...(NAMED.test(key) ? [key] : ["-l", "--", key]));
    },
    screen,
    history: () => tmux("capture-pane", "-p", "-S", "-"),
    resize: async (columns, rows) => void await tmux("resize-window", "-x", `${columns}`, "-y", `${rows}`),
    until,
  };
}

const NAMED = /^(Enter|C-.|Up|Down|F\d+)$/;
