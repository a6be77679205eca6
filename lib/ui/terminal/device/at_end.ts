/** What must be put right in a terminal however the program ends. */

const ENDINGS = ["unload", "error", "unhandledrejection"] as const;

/** Calls `restore` when the program exits or breaks; returns a function that stops this. */
export function atEnd(restore: () => void): () => void {
  for (const ending of ENDINGS) globalThis.addEventListener(ending, restore);
  return () => {
    for (const ending of ENDINGS) globalThis.removeEventListener(ending, restore);
  };
}
