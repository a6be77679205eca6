import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

/** Rooms each room may import besides itself; `plan` is the shared vocabulary, open to all. docs/architecture.md says why. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  plan: [],
  time: [],
  scenario: ["plan", "schedule"],
  schedule: ["plan"],
  measure: ["plan"],
  transport: ["plan"],
  driver: ["plan", "transport", "measure", "proto"],
  pool: ["plan", "schedule", "time", "driver", "measure", "transport"],
  resources: ["plan", "measure"],
  result: ["plan", "measure"],
  verdict: ["plan", "schedule", "measure", "result", "statistics"],
  statistics: ["measure"],
  report: ["plan", "measure", "result", "verdict"],
  ui: ["plan"],
  sim: ["plan", "time", "transport", "proto"],
  proto: [],
  scenarios: [],
  cli: ["plan", "scenario", "measure", "transport", "driver", "pool", "resources", "result", "verdict"]
    .concat(["report", "ui", "sim", "proto"]),
};
const EXTRA: Record<string, readonly string[]> = { scenario: ["scenarios"] };

async function sources(dir: URL): Promise<URL[]> {
  const found: URL[] = [];
  for await (const entry of Deno.readDir(dir)) {
    if (entry.isDirectory) found.push(...await sources(new URL(`${entry.name}/`, dir)));
    else if (entry.name.endsWith(".ts")) found.push(new URL(entry.name, dir));
  }
  return found;
}

const pathOf = (url: URL) => url.pathname.slice(ROOT.pathname.length);

/** The room of a path: `lib/pool/user.ts` -> `pool`, `proto/asr.ts` -> `proto`. */
function roomOf(path: string): string {
  const [first = "", second = ""] = path.split("/");
  return first === "lib" ? second : first;
}

function importsOf(file: URL, text: string): URL[] {
  const specifiers = [
    ...text.matchAll(/^(?:import|export)\b[^;"]*"(\.{1,2}\/[^"]+)"/gm),
    ...text.matchAll(/\bimport\(\s*"(\.{1,2}\/[^"]+)"/g),
  ];
  return specifiers.map(([, specifier]) => new URL(specifier as string, file));
}

async function graph(): Promise<Map<string, string[]>> {
  const files = [...await sources(new URL("lib/", ROOT)), ...await sources(new URL("proto/", ROOT))];
  const entries = files.map(async (file) => {
    const text = await Deno.readTextFile(file);
    return [pathOf(file), importsOf(file, text).map(pathOf)] as const;
  });
  return new Map((await Promise.all(entries)).map(([file, targets]) => [file, [...targets]]));
}

Deno.test("every import follows the arrows between rooms", async () => {
  const wrong: string[] = [];
  for (const [file, targets] of await graph()) {
    const room = roomOf(file);
    const allowed = [room, ...(MAY_IMPORT[room] ?? []), ...(EXTRA[room] ?? [])];
    assert.ok(room in MAY_IMPORT, `${file} is in a room without a rule`);
    for (const target of targets) {
      if (target === "deno.json" && room === "cli") continue;
      if (!allowed.includes(roomOf(target))) wrong.push(`${file} imports ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("no file imports itself by way of others", async () => {
  const edges = await graph();
  const done = new Set<string>();
  const visit = (file: string, path: string[]) => {
    assert.ok(!path.includes(file), `cycle: ${[...path, file].join(" -> ")}`);
    if (done.has(file)) return;
    for (const target of edges.get(file) ?? []) if (edges.has(target)) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of edges.keys()) visit(file, []);
});

Deno.test("main.ts stays a door: under 60 lines, and only the command line behind it", async () => {
  const text = await Deno.readTextFile(new URL("main.ts", ROOT));
  assert.ok(text.split("\n").length < 60);
  for (const target of importsOf(new URL("main.ts", ROOT), text)) assert.equal(roomOf(pathOf(target)), "cli");
});

Deno.test("only the command line and the terminal write to the console", async () => {
  const loud: string[] = [];
  for (const file of await sources(new URL("lib/", ROOT))) {
    if (["cli", "ui"].includes(roomOf(pathOf(file)))) continue;
    const text = await Deno.readTextFile(file);
    if (/\bconsole\.\w+\(|Deno\.std(out|err)\b/.test(text)) loud.push(pathOf(file));
  }
  assert.deepEqual(loud, []);
});
