/** Reads a big file of inputs in a process of its own and tells what that took: `deno run -A inputs_probe.ts FILE`. */
import { loadInputs } from "../../lib/driver/registry.ts";
import { isList, NO_CALL } from "../../lib/driver/inputs/inputs.ts";
import { userRandom } from "../../lib/schedule/random.ts";
import { withInputs } from "../driver/inputs/folder.ts";

const DRAWS = 50_000;

/** Most memory the process has held so far; bytes. */
function peak(): number {
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(Deno.readTextFileSync("/proc/self/status")) ?? [];
  return Number(kilobytes) * 1024;
}

const path = Deno.args[0] ?? "";
const before_bytes = peak();
const begun_ms = performance.now();
const inputs = await loadInputs({ ...withInputs("llm", path), protocol: "openai" });
const index_ms = performance.now() - begun_ms;
if (inputs.kind !== "llm" || isList(inputs.chats)) throw new Error("The inputs are no source");
const call = { ...NO_CALL, random: userRandom(1, 0, 0) };
let characters = 0;
const drawn_ms = performance.now();
for (let draw = 0; draw < DRAWS; draw++) {
  for (const { content } of inputs.chats.next(call).input) characters += content.length;
}
const draw_us = (performance.now() - drawn_ms) / DRAWS * 1000;
console.log(JSON.stringify({ before_bytes, peak_bytes: peak(), index_ms, draw_us, characters: characters / DRAWS }));
