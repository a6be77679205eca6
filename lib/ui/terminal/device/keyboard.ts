/** The keys of a terminal, one by one and without an echo. */
import process from "node:process";
import { atEnd } from "./at_end.ts";
import { createKeyReader } from "./keys.ts";

/** Where keys come from. */
export interface Keyboard {
  /** Takes the keys until `close`: they are neither shown nor kept for the shell. */
  open(hear: (key: string) => void): void;
  /** Leaves the keys to the shell again, as it had them; has no effect when closed. May be opened again. */
  close(): void;
}

/**
 * The terminal of standard input; null where there is none, as in a pipeline. Ctrl-C and Ctrl-Z stay signals. Reads as
 * long as it is open and no further: a read that waits would stop the program once it is in the background.
 */
export function openKeyboard(): Keyboard | null {
  if (Deno.build.os === "windows" || !Deno.stdin.isTerminal()) return null;
  let close = () => {};
  return {
    open: (hear) => {
      close();
      close = listen(hear, () => close());
    },
    close: () => close(),
  };
}

function listen(hear: (key: string) => void, lose: () => void): () => void {
  const read = createKeyReader();
  const decoder = new TextDecoder();
  const onData = (data: Uint8Array) => read(decoder.decode(data, { stream: true })).forEach(hear);
  if (!setRaw(true)) return () => {};
  const { stdin } = process;
  stdin.on("data", onData).on("error", lose).on("end", lose);
  stdin.resume();
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    forget();
    // Its errors are heard on: a terminal that is gone gives one later.
    stdin.off("data", onData).off("end", lose).pause();
    setRaw(false);
  };
  const forget = atEnd(close);
  return close;
}

/** False where the terminal is gone. */
function setRaw(isRaw: boolean): boolean {
  try {
    Deno.stdin.setRaw(isRaw, { cbreak: isRaw });
    return true;
  } catch {
    return false;
  }
}
