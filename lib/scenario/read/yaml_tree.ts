/** Scenario text -> tree: YAML syntax, positions, aliases and environment variables, within limits. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar } from "yaml";
import type { Bounds } from "./bounds.ts";
import { type Environment, expandEnvironment } from "./environment.ts";
import { Hidden } from "./hidden.ts";
import type { Problems } from "./problems.ts";
import { type Entry, quote, type Tree, treeOf } from "./tree.ts";

/** Largest scenario file, in bytes. */
export const MAX_FILE_BYTES = 1024 * 1024;
/** Most values of a file, with its aliases expanded; a few lines of aliases can expand to billions. */
const MAX_VALUES = 50_000;
/** Most levels of nesting; a scenario needs seven. */
const MAX_DEPTH = 32;

/**
 * Reads scenario text; whatever is wrong with it goes to `problems`, and null comes back where nothing can be read.
 * @param hidden receives the values that must not be shown
 * @param bounds decides where variables may stand; undefined: anywhere
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Problems } from "./problems.ts";
 * import { entryOf } from "./tree.ts";
 *
 * const problems = new Problems();
 * const tree = readTree("users: ${N}\nusers: 2", "file.yaml", { N: "5" }, problems);
 * const users = entryOf(tree!, "users");
 * assert.equal(users?.kind === "scalar" && users.text, "5");
 * assert.deepEqual(problems.list.map(({ at }) => at), ["file.yaml:2:1"]); // the second key of that name
 * ```
 */
export function readTree(
  text: string,
  file: string,
  environment: Environment,
  problems: Problems,
  hidden: Hidden = new Hidden(),
  bounds?: Bounds,
): Tree | null {
  if (new TextEncoder().encode(text).length > MAX_FILE_BYTES) {
    problems.add(`${file}:1:1`, "", "The file is larger than 1 MiB: a scenario file is a few kilobytes");
    return null;
  }
  const lines = new LineCounter();
  const document = parse(text, lines);
  if (document === null) {
    problems.add(`${file}:1:1`, "", `The file is nested more than ${MAX_DEPTH} levels deep`);
    return null;
  }
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    const text = code === "MULTIPLE_DOCS"
      ? 'A second YAML document begins here (after "---"), and june-load reads one: put all scenarios under one ' +
        "`scenarios:`, or each document into a file of its own"
      : `Not valid YAML: ${withoutSource(message).replaceAll(/\s+/g, " ").replace(/[.;]$/, "")}`;
    problems.add(place(pos[0]), "", text);
  }
  if (document.errors.length > 0) return null;
  try {
    return new TreeReader(place, environment, problems, hidden, bounds).read(document.contents, "", 0);
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    problems.add(error.at, "", error.message);
    return null;
  }
}

/** The library's message without what it quotes of the file, which may be a secret; signs stay. */
const withoutSource = (message: string): string => message.replace(/"(?:[^"\\]|\\.){4,}"|(?<=: )!\S+/g, '"..."');

/** The document, or null when it is nested so deeply that the library's recursive parser runs out of stack. */
function parse(text: string, lineCounter: LineCounter): ReturnType<typeof parseDocument> | null {
  try {
    // The library's check for repeated keys compares every pair of keys; ours is below.
    const document = parseDocument(text, { lineCounter, uniqueKeys: false, prettyErrors: false, logLevel: "error" });
    // The library reports that as an error of the document; only its text differs from other errors.
    return document.errors.some(({ message }) => message.includes("call stack")) ? null : document;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The file exceeds a limit; reading stops. */
class TooLarge extends Error {
  constructor(readonly at: string, message: string) {
    super(message);
  }
}

class TreeReader {
  readonly #anchors = new Map<string, Node>();
  #values = 0;

  constructor(
    readonly place: (offset: number) => string,
    readonly environment: Environment,
    readonly problems: Problems,
    readonly hidden: Hidden,
    readonly bounds: Bounds | undefined,
  ) {}

  read(node: unknown, path: string, depth: number): Tree {
    const at = this.#at(node);
    if (++this.#values > MAX_VALUES) {
      throw new TooLarge(at, `The file holds more than ${MAX_VALUES} values with its aliases expanded`);
    }
    if (depth > MAX_DEPTH) throw new TooLarge(at, `The file is nested more than ${MAX_DEPTH} levels deep`);
    if (isAlias(node)) return this.#alias(node.source, at, path, depth);
    this.#remember(node);
    if (isMap(node)) return { kind: "map", at, entries: this.#entries(node.items, path, depth) };
    if (isSeq(node)) {
      return { kind: "list", at, items: node.items.map((item, i) => this.read(item, `${path}[${i}]`, depth + 1)) };
    }
    return isScalar(node) ? this.#scalar(node, at, path) : treeOf(null, at);
  }

  #at(node: unknown): string {
    const range = (node as { range?: [number, number, number] } | null)?.range;
    return this.place(range?.[0] ?? 0);
  }

  #remember(node: unknown): void {
    const anchor = (node as { anchor?: string } | null)?.anchor;
    if (anchor) this.#anchors.set(anchor, node as Node);
  }

  #alias(name: string, at: string, path: string, depth: number): Tree {
    const target = this.#anchors.get(name);
    if (target) return this.read(target, path, depth + 1);
    this.problems.add(at, path, `The alias "*${name}" has no anchor "&${name}" before it`);
    return { kind: "unreadable", at };
  }

  #entries(pairs: readonly { key: unknown; value: unknown }[], path: string, depth: number): Entry[] {
    const seen = new Map<string, Entry>();
    const merged: Tree[] = [];
    for (const pair of pairs) {
      const at = this.#at(pair.key);
      if (!isScalar(pair.key)) {
        this.problems.add(at, path, "A key must be a word, not a map, a list or an alias");
        continue;
      }
      this.#remember(pair.key);
      if (isMergeKey(pair.key)) {
        merged.push(...this.#merged(pair.value, at, path, depth));
        continue;
      }
      const key = String(pair.key.source ?? pair.key.value ?? "");
      const keyPath = joinPath(path, key);
      const first = seen.get(key);
      if (first) {
        this.problems.add(at, keyPath, `The key ${quote(key)} is given twice, first at ${first.at}`);
        continue;
      }
      const value = pair.value === null ? treeOf(null, at) : this.read(pair.value, keyPath, depth + 1);
      seen.set(key, { key, at, value });
    }
    for (const { key, at, value } of merged.flatMap((tree) => tree.kind === "map" ? tree.entries : [])) {
      if (!seen.has(key)) seen.set(key, { key, at, value });
    }
    return [...seen.values()];
  }

  /** The maps of a merge key, the first of which wins. Source: yaml.org/type/merge. */
  #merged(node: unknown, at: string, path: string, depth: number): Tree[] {
    const tree = this.read(node, path, depth + 1);
    const maps = tree.kind === "list" ? tree.items : [tree];
    if (maps.some(({ kind }) => kind !== "map" && kind !== "unreadable")) {
      this.problems.add(at, path, 'The merge key "<<" takes a map such as *NAME, or a list of maps');
    }
    return maps;
  }

  #scalar(node: Scalar, at: string, path: string): Tree {
    const { value } = node;
    if (typeof value === "string") return this.#text(value, at, path);
    if (value === null || typeof value === "number" || typeof value === "boolean") {
      return { kind: "scalar", at, value, text: node.source ?? String(value ?? ""), loose: false };
    }
    this.problems.add(at, path, `A value with the tag "${node.tag ?? "unknown"}" is not allowed here`);
    return { kind: "unreadable", at };
  }

  #text(text: string, at: string, path: string): Tree {
    if (!text.includes("${")) {
      this.hidden.literal(path, text);
      return { kind: "scalar", at, value: text, text, loose: false };
    }
    const refused = this.bounds?.variables(path, text) ?? null;
    const expansion = refused === null
      ? expandEnvironment(text, this.environment)
      : { ok: false as const, error: refused };
    if (expansion.ok) {
      this.hidden.expanded(path, expansion.text, expansion.variables);
      return { kind: "scalar", at, value: expansion.text, text: expansion.text, loose: true };
    }
    this.problems.add(at, path, expansion.error);
    return { kind: "unreadable", at };
  }
}

/** `<<` without quotes. */
function isMergeKey({ value, type }: Scalar): boolean {
  return value === "<<" && type === "PLAIN";
}

/** Path of a key below another path. */
export function joinPath(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
