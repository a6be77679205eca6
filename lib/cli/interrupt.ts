/** Ctrl-C and SIGTERM. */

const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];

/** Calls `action` at each interrupt with the number of interrupts so far; returns a function that stops this. */
export function onInterrupt(action: (times: number) => void): () => void {
  let times = 0;
  const listener = () => action(++times);
  for (const signal of SIGNALS) Deno.addSignalListener(signal, listener);
  return () => {
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, listener);
  };
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
