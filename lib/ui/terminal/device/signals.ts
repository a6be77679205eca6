/** What a terminal and its shell say to a program that draws: another size, Ctrl-Z, and back again. */
import { mayComeBack } from "./job.ts";

/** What happens to a terminal while a program draws on it. */
export interface TerminalEvents {
  /** It has another size. */
  resized(): void;
  /** Ctrl-Z: the program will be stopped as soon as this returns. */
  stopping(): void;
  /** Ctrl-Z where no shell could bring the program back: it goes on. */
  stopRefused(): void;
  /** The program goes on, with the terminal or in the background. */
  continued(): void;
}

/** Hears of them until the function that it returns is called. */
export function watchTerminal(events: TerminalEvents): () => void {
  if (Deno.build.os === "windows") return () => {};
  const onStop = () => {
    if (!mayComeBack()) return events.stopRefused();
    events.stopping();
    // Its own signal is heard here, and so stops nothing.
    Deno.kill(Deno.pid, "SIGSTOP");
  };
  const heard = [["SIGWINCH", events.resized], ["SIGTSTP", onStop], ["SIGCONT", events.continued]] as const;
  for (const [signal, hear] of heard) Deno.addSignalListener(signal, hear);
  return () => {
    for (const [signal, hear] of heard) Deno.removeSignalListener(signal, hear);
  };
}
