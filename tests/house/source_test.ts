import assert from "node:assert/strict";
import { complaintsOf, read, type Source } from "./sources.ts";

/** Code, scripts of the page and styles. */
const SOURCE = [".ts", ".js", ".css"];
const ROOMS = ["lib/", "proto/"];
const MAX_LINES = 400;
const MAX_FUNCTION_LINES = 70;

async function lines(): Promise<[path: string, lines: string[]][]> {
  return (await read(ROOMS, SOURCE)).map(({ path, text }) => [path, text.split("\n")]);
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

/** Functions, methods and callbacks of a file that are too long; what stands inside one counts with it. */
function longFunctions(source: Source): string[] {
  return complaintsOf(source, (context) => {
    const check = ({ range }: { range: [number, number] }) => {
      const length = source.text.slice(...range).split("\n").length;
      if (length > MAX_FUNCTION_LINES) context.report({ range, message: `${length} lines` });
    };
    return { FunctionDeclaration: check, FunctionExpression: check, ArrowFunctionExpression: check };
  });
}

Deno.test("every file fits in 400 lines, every function in 70", async () => {
  const files = await read(ROOMS, SOURCE);
  for (const ending of [".ts", ".css"]) assert.ok(files.some(({ path }) => path.endsWith(ending)), ending);
  const long = files.map(({ path, text }) => ({ path, length: text.split("\n").length }))
    .filter(({ length }) => length > MAX_LINES + 1).map(({ path, length }) => `${path}: ${length} lines`);
  assert.deepEqual(long, []);
  assert.deepEqual(files.filter(({ path }) => !path.endsWith(".css")).flatMap(longFunctions), []);
});

Deno.test("a script that is one long callback is found", () => {
  const text = `(() => {\n${"  f();\n".repeat(MAX_FUNCTION_LINES)}})();\n`;
  assert.deepEqual(longFunctions({ path: "a.js", text }), [`a.js:1: ${MAX_FUNCTION_LINES + 2} lines`]);
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
      // A driver's own folder may ask whether settings are its own.
      if (!path.startsWith("lib/driver/") && /protocol [!=]== "/.test(line)) lists.push(`${path}:${i + 1}: compared`);
      if (!/switch \((\w+\??\.)*protocol\)/.test(line)) continue;
      const indent = line.length - line.trimStart().length;
      const end = text.findIndex((other, at) => at > i && other.startsWith(`${" ".repeat(indent)}}`));
      if (text.slice(i, end).some((other) => other.trim() === "default:")) lists.push(`${path}:${i + 1}: default`);
    }
  }
  assert.deepEqual(lists, []);
});
