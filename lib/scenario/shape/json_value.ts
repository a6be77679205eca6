/** Values that requests carry unchanged: messages, JSON bodies, tensor values, texts with placeholders. */
import { resolve } from "node:path";
import { UserError } from "../../plan/errors.ts";
import type { Json } from "../../plan/protocols.ts";
import { mapPickedFiles } from "../../plan/template.ts";
import { type Context, scalar, type Shape } from "./shape.ts";
import { quote, type Tree } from "../read/tree.ts";
import { joinPath } from "../read/yaml_tree.ts";

/** Any YAML value that JSON can hold. Texts may hold placeholders; a value from the environment is a text. */
export const anyValue: Shape<Json> = {
  expected: "any value",
  parts: [],
  decode: jsonOf,
  jsonSchema: () => ({}),
};

/** Undefined if a part of it could not be read; the reader has reported that. */
function jsonOf(tree: Tree, path: string, context: Context): Json | undefined {
  switch (tree.kind) {
    case "unreadable":
      return undefined;
    case "scalar": {
      if (typeof tree.value !== "string") return tree.value;
      const read = readTemplate(tree.value, context);
      if ("value" in read) return read.value;
      context.problems.add(tree.at, path, read.error);
      return undefined;
    }
    case "list": {
      const items = tree.items.map((item, i) => jsonOf(item, `${path}[${i}]`, context));
      return items.includes(undefined) ? undefined : items as Json[];
    }
    case "map": {
      const entries = tree.entries.map(({ key, value }) => [key, jsonOf(value, joinPath(path, key), context)] as const);
      return entries.some(([, value]) => value === undefined) ? undefined : Object.fromEntries(entries) as Json;
    }
  }
}

/** Text with placeholders; the files of `{{pick FILE}}` are relative to the scenario file's folder. */
export function template(max: number): Shape<string> {
  return scalar({
    expected: `text of at most ${max} characters, which may hold placeholders`,
    schema: { type: "string" },
    limited: true,
    read: (tree, context) => tree.text.length > max ? null : readTemplate(tree.text, context),
  });
}

function readTemplate(text: string, context: Context): { value: string } | { error: string } {
  const missing: string[] = [];
  try {
    const value = mapPickedFiles(text, (file) => {
      const path = resolve(context.dir, file);
      const refused = context.bounds?.file(path, "a file to pick from") ?? null;
      if (refused !== null) missing.push(refused);
      else if (!context.exists(path)) missing.push(`No such file: ${quote(file)} (looked for ${quote(path)})`);
      return path;
    });
    return missing[0] === undefined ? { value } : { error: missing[0] };
  } catch (error) {
    if (error instanceof UserError) return { error: error.message };
    throw error;
  }
}
