/** What Ctrl-C does to a run: it depends on how far the run is. */
import { onInterrupt } from "../interrupt.ts";

/** The interrupts of a run, from the first start to the end of its report. */
export interface Interrupts {
  /** How many there were. */
  readonly times: number;
  /** Calls `action` at each from now on, with their number so far, instead of what was called before. */
  act(action: (times: number) => void): void;
  /** Does what an interrupt does: for a key that stands for Ctrl-C. */
  interrupt(): void;
  /** From now on an interrupt ends the program. */
  close(): void;
}

/** Watches for interrupts; nothing ends the program until `close`. */
export function watchInterrupts(): Interrupts {
  let times = 0;
  let act: (times: number) => void = () => {};
  const interrupt = () => act(++times);
  let off: (() => void) | null = onInterrupt(interrupt);
  return {
    get times() {
      return times;
    },
    act: (action) => act = action,
    interrupt,
    close: () => {
      off?.();
      off = null;
    },
  };
}
