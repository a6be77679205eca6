import assert from "node:assert/strict";
import { type Room, ROOMS } from "./rooms.ts";
import { pathOf, ROOT, sources } from "./sources.ts";

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

/** The room inside a room that a path is in: `lib/driver/inputs/read/wav.ts` -> `inputs/read`, a loose file -> "". */
function insideOf(path: string): string {
  return path.split("/").slice(2, -1).join("/");
}

/** Whether one is the other, or lies inside it. */
const isAround = (outer: string, inner: string) => outer === inner || outer === "" || inner.startsWith(`${outer}/`);

/** The other rooms that a file may import: those of its room, less what a room inside it leaves out. */
function outsideOf(file: string): readonly string[] {
  const { may, narrower = {} } = ROOMS[roomOf(file)] as Room;
  const from = insideOf(file);
  const held = Object.keys(narrower).filter((room) => isAround(room, from));
  return may.filter((other) => held.every((room) => narrower[room]?.includes(other)));
}

/** What is wrong with one import, or null. */
function complaint(file: string, target: string): string | null {
  const room = roomOf(file);
  if (!(room in ROOMS)) return `${file} is in a room without a rule`;
  const { inside } = ROOMS[room] as Room;
  if (roomOf(target) === "base") return null;
  if (roomOf(target) !== room) return outsideOf(file).includes(roomOf(target)) ? null : `${file} imports ${target}`;
  if (inside === undefined) return insideOf(file) === "" ? null : `${file} is in a room inside that has no rule`;
  const [from, to] = [insideOf(file), insideOf(target)];
  if (from !== "" && !(from in inside)) return `${file} is in a room inside that has no rule`;
  const allowed = isAround(from, to) || isAround(to, from) || inside[from]?.some((other) => isAround(other, to));
  return allowed ? null : `${file} imports ${target}`;
}

Deno.test("every import follows the arrows between rooms", async () => {
  const wrong: string[] = [];
  for (const [file, targets] of await graph()) {
    for (const target of targets) {
      const words = complaint(file, target);
      if (words !== null) wrong.push(words);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("a room inside that is held narrower exists, and may import less than the room around it", () => {
  for (const [name, { may, inside = {}, narrower = {} }] of Object.entries(ROOMS)) {
    for (const [room, fewer] of Object.entries(narrower)) {
      assert.ok(room in inside, `${name} has no room ${room} inside`);
      assert.ok(fewer.length < may.length && fewer.every((other) => may.includes(other)), `${name}/${room}`);
    }
  }
});

Deno.test("the terminal imports its views and the plan's words, and nothing else", () => {
  const file = "lib/ui/terminal/live.ts";
  assert.equal(complaint(file, "lib/ui/views/live_view.ts"), null);
  assert.equal(complaint(file, "lib/plan/units.ts"), null);
  assert.equal(complaint(file, "lib/result/run.ts"), `${file} imports lib/result/run.ts`);
  assert.equal(complaint("lib/ui/views/live_view.ts", "lib/result/run.ts"), null);
});

Deno.test("the arrows between neighbours in a room never lead back", () => {
  for (const [name, { inside = {} }] of Object.entries(ROOMS)) {
    const visit = (room: string, path: string[]) => {
      assert.ok(!path.includes(room), `${name}: ${[...path, room].join(" -> ")}`);
      for (const next of inside[room] ?? []) visit(next, [...path, room]);
    };
    for (const room of Object.keys(inside)) visit(room, []);
  }
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
