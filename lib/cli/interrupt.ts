/** Ctrl-C, SIGTERM, and SIGHUP of a terminal that is gone. */

const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];

/**
 * Has Deno open what it needs for signals, while there are descriptors: it does so when it first has to do with one, and
 * aborts the whole process where it cannot. What each signal does stays as it was.
 */
export function prepareForSignals(): void {
  if (Deno.build.os === "windows") return;
  const nothing = () => {};
  // By default nothing comes of this one.
  Deno.addSignalListener("SIGWINCH", nothing);
  Deno.removeSignalListener("SIGWINCH", nothing);
}

/**
 * Calls `action` at each interrupt with the number of interrupts so far; returns a function that stops this, after which
 * an interrupt ends the program as usual. A terminal and its shell both send SIGHUP, so it only counts as the first.
 */
export function onInterrupt(action: (times: number) => void): () => void {
  let times = 0;
  const listener = () => action(++times);
  const hungUp = () => {
    if (times === 0) listener();
  };
  const signals = SIGNALS.map((signal) => [signal, listener] as const);
  const all = hearsHangUp() ? [...signals, ["SIGHUP", hungUp] as const] : signals;
  for (const [signal, heard] of all) Deno.addSignalListener(signal, heard);
  return () => {
    for (const [signal, heard] of all) Deno.removeSignalListener(signal, heard);
  };
}

/** Whether SIGHUP concerns this process: under `nohup` it is ignored, and must stay so. */
function hearsHangUp(): boolean {
  if (Deno.build.os === "windows") return false;
  try {
    return !ignoresHangUp(Deno.readTextFileSync("/proc/self/status"));
  } catch {
    return true;
  }
}

/**
 * Whether the text of /proc/PID/status says that SIGHUP is ignored.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(ignoresHangUp("SigIgn:\t0000000000001001\n"), true);
 * assert.equal(ignoresHangUp("SigIgn:\t0000000000001000\n"), false);
 * ```
 */
export function ignoresHangUp(status: string): boolean {
  const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0";
  return (Number.parseInt(mask.slice(-1), 16) & 1) === 1;
}

/** Resolves at the first interrupt. */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    const off = onInterrupt(() => {
      off();
      resolve();
    });
  });
}
