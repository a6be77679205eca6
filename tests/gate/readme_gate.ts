/** The README's merge gate. */
import assert from "node:assert/strict";

/** The shell lines of the gate, and the june-load command in them. */
export async function readmeGate(): Promise<{ script: string; command: string }> {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const [, script, command] = /```sh\n((june-load run [^`]*?) \|\| exit[^\n`]*\n)```/.exec(readme) ?? [];
  assert.ok(script !== undefined && command !== undefined, "the README has a gate");
  return { script, command };
}
