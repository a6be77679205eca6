import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);
/** Code, scripts of the page and styles. */
const SOURCE = /\.(ts|js|css)$/;
/** Made of other sources, which are read. */
const GENERATED = "bundle.js";
const MAX_LINES = 400;
const MAX_FUNCTION_LINES = 70;

async function sources(dir: URL): Promise<URL[]> {
  const found: URL[] = [];
  for await (const entry of Deno.readDir(dir)) {
    if (entry.isDirectory) found.push(...await sources(new URL(`${entry.name}/`, dir)));
    else if (SOURCE.test(entry.name) && entry.name !== GENERATED) found.push(new URL(entry.name, dir));
  }
  return found;
}

async function lines(): Promise<[path: string, lines: string[]][]> {
  const files = [...await sources(new URL("lib/", ROOT)), ...await sources(new URL("proto/", ROOT))];
  return await Promise.all(files.map(async (file) => {
    const text = await Deno.readTextFile(file);
    return [file.pathname.slice(ROOT.pathname.length), text.split("\n")] as [string, string[]];
  }));
}

Deno.test("every export carries a doc comment", async () => {
  const bare: string[] = [];
  for (const [path, text] of await lines()) {
    for (const [i, line] of text.entries()) {
      if (!/^export (async |abstract )*(function|class|interface|type|const|enum)\b/.test(line)) continue;
      if (/^export type \{/.test(line)) continue;
      if (!(text[i - 1] ?? "").trimEnd().endsWith("*/")) bare.push(`${path}:${i + 1}`);
    }
  }
  assert.deepEqual(bare, []);
});

Deno.test("every file fits in 400 lines, every function in 70", async () => {
  const long: string[] = [];
  for (const [path, text] of await lines()) {
    if (text.length > MAX_LINES + 1) long.push(`${path}: ${text.length} lines`);
    for (const [start, line] of text.entries()) {
      const head = /^(\s*)(?:export )?(?:async )?(?:function\b|(?:static |async |get |set )*#?\w+\([^;]*\)[^;=]*\{$)/
        .exec(line);
      if (head === null || /^\s*(if|for|while|switch|catch|return)\b/.test(line)) continue;
      const end = text.findIndex((other, i) => i > start && other.startsWith(`${head[1]}}`));
      if (end - start + 1 > MAX_FUNCTION_LINES) long.push(`${path}:${start + 1}: ${end - start + 1} lines`);
    }
  }
  assert.deepEqual(long, []);
});

Deno.test("nothing is left undone or typed as anything", async () => {
  const loose: string[] = [];
  for (const [path, text] of await lines()) {
    for (const [i, line] of text.entries()) {
      if (/\b(TODO|FIXME|XXX)\b/.test(line)) loose.push(`${path}:${i + 1}: unfinished`);
      if (/:\s*any\b(?!\s+\w)|\bas any\b|<any>|\bany\[\]/.test(line.replace(/\/\/.*|^\s*\*.*|"[^"]*"/g, ""))) {
        loose.push(`${path}:${i + 1}: any`);
      }
    }
  }
  assert.deepEqual(loose, []);
});

Deno.test("no room lists protocols of its own: facts are looked up, choices are exhaustive", async () => {
  const lists: string[] = [];
  for (const [path, text] of await lines()) {
    for (const [i, line] of text.entries()) {
      if (/"\]\.includes\((\w+\.)*protocol\)|Partial<Record<Protocol\b|Set<Protocol>/.test(line)) {
        lists.push(`${path}:${i + 1}`);
      }
      if (!/switch \((\w+\??\.)*protocol\)/.test(line)) continue;
      const indent = line.length - line.trimStart().length;
      const end = text.findIndex((other, at) => at > i && other.startsWith(`${" ".repeat(indent)}}`));
      if (text.slice(i, end).some((other) => other.trim() === "default:")) lists.push(`${path}:${i + 1}: default`);
    }
  }
  assert.deepEqual(lists, []);
});

/** Units that end the name of a quantity, so that no reader has to look one up. */
const UNITS = /_(us|ms|s|h|bytes|hz|per_s|per_h|percent|ratio|w|c|mhz|ppm|total|samples|tokens|chars|words|bits)$/;
/** Fields that YAML, JSON, proto files and command lines give; a variable taken out of one keeps its name. */
const FIELD = /^\s*(readonly )?\w+\??:|[{,]\s*[\w\s,:]*\}\s*(:|=|of)|^\s*\w+,$/;

Deno.test("variables and functions are camelCase; snake_case is for units and for fields of YAML, JSON and the wire", async () => {
  const fields = new Set<string>();
  const files = await lines();
  for (const [, text] of files) {
    for (const line of text) for (const [, name] of line.matchAll(/\b([a-z]+(?:_[a-z0-9]+)+)\??:/g)) fields.add(name!);
  }
  const wrong: string[] = [];
  for (const [path, text] of files) {
    if (!path.endsWith(".ts")) continue;
    for (const [i, line] of text.entries()) {
      if (FIELD.test(line)) continue;
      for (const [, name] of line.matchAll(/\b(?:const|let|function|class|interface|type) ([a-z]\w*_\w+)/g)) {
        if (!UNITS.test(name!) && !fields.has(name!)) wrong.push(`${path}:${i + 1}: ${name}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});
