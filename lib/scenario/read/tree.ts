/**
 * A scenario file as a tree of maps, lists and scalars with their positions, not yet interpreted. Flags become scalars of
 * the same tree, so that one decoder checks both.
 */

import type { Json } from "../../plan/protocols.ts";

export type { Json } from "../../plan/protocols.ts";

/** Any value of the file. */
export type Tree = MapTree | ListTree | ScalarTree | UnreadableTree;

/** Keys and values in the order of the file; keys are unique. */
export interface MapTree {
  kind: "map";
  at: string;
  entries: Entry[];
}

/** One key of a map. */
export interface Entry {
  key: string;
  /** Position of the key. */
  at: string;
  value: Tree;
}

/** A list. */
export interface ListTree {
  kind: "list";
  at: string;
  items: Tree[];
}

/** A single value. */
export interface ScalarTree {
  kind: "scalar";
  /** `file:line:column`, or the flag that gave it. */
  at: string;
  value: string | number | boolean | null;
  /** As written, without quotes. */
  text: string;
  /** Came from the environment or a flag: the key decides its type, not YAML. */
  loose: boolean;
}

/** A value whose fault has already been reported; the decoder reports nothing more. */
export interface UnreadableTree {
  kind: "unreadable";
  at: string;
}

/** A scalar from a flag; `at` names the flag. */
export function looseScalar(text: string, at: string): ScalarTree {
  return { kind: "scalar", at, value: text, text, loose: true };
}

/** A tree from plain JSON, for values of the schema itself. */
export function treeOf(json: Json, at: string): Tree {
  if (Array.isArray(json)) return { kind: "list", at, items: json.map((item) => treeOf(item, at)) };
  if (json !== null && typeof json === "object") {
    const entries = Object.entries(json).map(([key, value]) => ({ key, at, value: treeOf(value, at) }));
    return { kind: "map", at, entries };
  }
  return { kind: "scalar", at, value: json, text: json === null ? "" : String(json), loose: false };
}

/** The value of a key, or undefined. */
export function entryOf(tree: Tree | undefined, key: string): Tree | undefined {
  return tree?.kind === "map" ? tree.entries.find((entry) => entry.key === key)?.value : undefined;
}

/** A copy of the tree with the value at a path of keys set; creates missing maps. */
export function withValue(tree: Tree | undefined, path: readonly string[], value: Tree): Tree {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const isMap = tree?.kind === "map";
  // The file has something other than a map there: the decoder reports that, and the flag must not hide it.
  if (tree && !isMap && !isNothing(tree)) return tree;
  const entries = isMap ? tree.entries : [];
  const old = entries.find((entry) => entry.key === key);
  const changed = { key, at: old?.at ?? value.at, value: withValue(old?.value, rest, value) };
  return {
    kind: "map",
    at: tree?.at ?? value.at,
    entries: old ? entries.map((entry) => entry === old ? changed : entry) : [...entries, changed],
  };
}

/** A copy of the tree without some keys of the map at a path; the tree itself if there is no such map. */
export function withoutKeys(tree: Tree, path: readonly string[], keys: readonly string[]): Tree {
  if (tree.kind !== "map") return tree;
  const [first, ...rest] = path;
  const entries = first === undefined
    ? tree.entries.filter(({ key }) => !keys.includes(key))
    : tree.entries.map((entry) =>
      entry.key === first ? { ...entry, value: withoutKeys(entry.value, rest, keys) } : entry
    );
  return { ...tree, entries };
}

/** Whether a key was written without a value. */
export function isNothing(tree: Tree): boolean {
  return tree.kind === "scalar" && tree.value === null;
}

/** Longest text that a message quotes; characters. */
const MAX_SHOWN = 200;

/** Describes a value in a message: `"abc"`, `5`, `a list`, `nothing`. */
export function found(tree: Tree): string {
  if (tree.kind === "map") return "a map";
  if (tree.kind === "list") return "a list";
  if (tree.kind === "unreadable") return "a value that cannot be read";
  if (tree.value === null) return "nothing";
  return typeof tree.value === "string" ? quote(tree.text) : tree.text;
}

/** Text in quotes for a message; long text is cut. */
export function quote(text: string): string {
  return JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text);
}
