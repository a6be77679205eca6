/**
 * Shapes: what a value of the file must look like. One declaration is the decoder of the value, its JSON Schema and its
 * entry in the documentation, so that the three cannot disagree.
 */
import { withRemedy } from "../../plan/nearest.ts";
import type { Problems } from "../read/problems.ts";
import {
  type Entry,
  found,
  isNothing,
  type Json,
  type MapTree,
  quote,
  type ScalarTree,
  type Tree,
  treeOf,
} from "../read/tree.ts";
import { joinPath } from "../read/yaml_tree.ts";

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = { [key: string]: Json };

/** What decoding needs beside the value. */
export interface Context {
  problems: Problems;
  /** Folder that input paths are relative to; absolute. */
  dir: string;
  /** Whether a file or folder exists. */
  exists(path: string): boolean;
  /** What a file holds; throws where it cannot be read. */
  readText(path: string): string;
}

/** A value's declaration. */
export interface Shape<out T> {
  /** What is allowed, as it stands in messages: `a whole number from 1 to 100,000`. */
  readonly expected: string;
  /** The shapes inside, by what stands after this value's path: `.users`, `[]`, `.<name>`; empty for alternatives. */
  readonly parts: readonly Part[];
  /** The value, or undefined after its faults went to `cx.problems`. */
  decode(tree: Tree, path: string, context: Context): T | undefined;
  jsonSchema(): JsonSchema;
}

/** A shape inside another. */
export interface Part {
  suffix: string;
  shape: Shape<unknown>;
  /** Set for a key of a map with fixed keys. */
  field?: Field<unknown>;
}

/** A decoded value and where it came from. */
export interface Setting<T> {
  value: T;
  /** False: the default stands here. */
  given: boolean;
  /** False: a fault was told, and `value` only fills the place. */
  valid: boolean;
  at: string;
  path: string;
}

/** One key of a map with fixed keys. */
export interface Field<out T> {
  shape: Shape<T>;
  /** Meaning, for people: one or two sentences. */
  doc: string;
  required: boolean;
  /** What holds where the key is not given, for people. */
  absent: string;
  /** What JSON Schema says of the default; undefined: nothing. */
  schemaDefault: Json | undefined;
  /** A value that could stand here. */
  example: Json | undefined;
  /** Names that files may use as well; none for most keys. Only the key's own name is documented. */
  aliases: readonly Alias<T>[];
  fallback(at: string, path: string, context: Context): T;
}

/** A former name of a key: a file that uses it stays valid. */
export interface Alias<out T> {
  key: string;
  /** What stands under it: the field's own shape, or another where the values had other names as well. */
  shape: Shape<T>;
}

/** The keys of a map. */
export type Fields = Readonly<Record<string, Field<unknown>>>;
/** What a map with these keys decodes to. */
export type Decoded<F extends Fields> = { [K in keyof F]: F[K] extends Field<infer T> ? Setting<T> : never };

/** A key that must be given. */
export function required<T>(shape: Shape<T>, example: Json, doc: string): Field<T> {
  const fallback = (at: string, path: string, context: Context) => decodeOwn(shape, example, at, path, context);
  return { shape, doc, required: true, absent: "", schemaDefault: undefined, example, aliases: [], fallback };
}

/** A key with a fixed default, written as the file would write it. */
export function optional<T>(shape: Shape<T>, value: Json, doc: string, example?: Json): Field<T> {
  const fallback = (at: string, path: string, context: Context) => decodeOwn(shape, value, at, path, context);
  return {
    shape,
    doc,
    required: false,
    absent: writeDefault(value),
    schemaDefault: value,
    example,
    aliases: [],
    fallback,
  };
}

/** A key that may be missing; what holds then is said in `absent`. */
export function maybe<T>(shape: Shape<T>, absent: string, doc: string, example?: Json): Field<T | null> {
  return { shape, doc, required: false, absent, schemaDefault: undefined, example, aliases: [], fallback: () => null };
}

/**
 * The field under a former name as well. No flag may set such a key: it would stand beside the name in the file.
 * @param shape what stood under it; the field's shape unless its values were others
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Problems } from "../read/problems.ts";
 * import { readTree } from "../read/yaml_tree.ts";
 * import { integer } from "./scalars.ts";
 *
 * const shape = object({ workers: formerly(optional(integer(1, 64), 1, "Threads."), "threads") });
 * const problems = new Problems();
 * const context = { problems, dir: "/", exists: () => true, readText: () => "" };
 * const given = shape.decode(readTree("threads: 4", "file.yaml", {}, problems)!, "", context);
 * assert.equal(given?.workers.value, 4);
 * ```
 */
export function formerly<T>(field: Field<T>, key: string, shape: Shape<T> = field.shape): Field<T> {
  return { ...field, aliases: [...field.aliases, { key, shape }] };
}

/** Whether a map with these keys may hold this one, by its own name or a former one. */
export function hasKey(fields: Fields, key: string): boolean {
  return Object.entries(fields).some(([name, field]) => namesOf(name, field).some((one) => one.key === key));
}

/** A field's own name, then its former ones. */
function namesOf<T>(key: string, field: Field<T>): Alias<T>[] {
  return [{ key, shape: field.shape }, ...field.aliases];
}

function writeDefault(value: Json): string {
  const empty = value !== null && typeof value === "object" && Object.keys(value).length === 0;
  return empty ? "" : `\`${typeof value === "string" && value !== "" ? value : JSON.stringify(value)}\``;
}

/** Defaults and examples go through the decoder too: one that it refuses is a fault of this program. */
function decodeOwn<T>(shape: Shape<T>, json: Json, at: string, path: string, context: Context): T {
  const value = shape.decode(treeOf(json, at), path, context);
  if (value === undefined) throw new Error(`The schema's own value for "${path}" does not fit it`);
  return value;
}

/** A shape that is known by its name in JSON Schema and in the documentation. */
export interface ObjectShape<T> extends Shape<T> {
  readonly fields: Fields;
}

/**
 * A map with fixed keys; a key written without a value counts as an empty map.
 * @param groups sets of keys of which one must be there, for JSON Schema; the decoder's user checks them itself
 */
export function object<F extends Fields>(
  fields: F,
  groups: readonly (keyof F & string)[][] = [],
): ObjectShape<Decoded<F>> {
  const decode = (tree: Tree, path: string, context: Context): Decoded<F> | undefined => {
    if (tree.kind === "unreadable") return undefined;
    const isEmpty = isNothing(tree);
    if (tree.kind !== "map" && !isEmpty) return refuse(tree, path, "a map of keys", context);
    const map: MapTree = tree.kind === "map" ? tree : { kind: "map", at: tree.at, entries: [] };
    reportUnknownKeys(map, path, fields, context);
    const settings = Object.entries(fields).map(([key, field]) => [key, decodeField(map, key, field, path, context)]);
    return Object.fromEntries(settings) as Decoded<F>;
  };
  const parts = Object.entries(fields).map(([key, field]) => ({ suffix: `.${key}`, shape: field.shape, field }));
  return { expected: "a map of keys", fields, parts, decode, jsonSchema: () => objectSchema(fields, groups) };
}

function reportUnknownKeys(map: MapTree, path: string, fields: Fields, context: Context): void {
  for (const { key, at } of map.entries) {
    if (hasKey(fields, key)) continue;
    const text = withRemedy(`Unknown key ${quote(key)}`, key, "allowed here:", Object.keys(fields));
    context.problems.add(at, joinPath(path, key), text);
  }
}

function decodeField<T>(map: MapTree, key: string, field: Field<T>, parent: string, context: Context): Setting<T> {
  const found = findField(map, key, field, parent, context);
  if (found === null) {
    const path = joinPath(parent, key);
    if (field.required) {
      const { expected } = field.shape;
      const example = expected.includes("such as") ? "" : `, such as ${JSON.stringify(field.example)}`;
      const text = `Missing key ${quote(key)}: expected ${expected}${example}`;
      context.problems.add(map.at, path, text);
    }
    return { value: field.fallback(map.at, path, context), given: false, valid: !field.required, at: map.at, path };
  }
  const { entry, shape } = found;
  const path = joinPath(parent, entry.key);
  const value = shape.decode(entry.value, path, context);
  const valid = value !== undefined;
  return {
    value: valid ? value : field.fallback(entry.at, path, context),
    given: true,
    valid,
    at: entry.value.at,
    path,
  };
}

/** The entry of a field under one of its names, and what that name takes; null: there is none. A second one is reported. */
function findField<T>(
  map: MapTree,
  key: string,
  field: Field<T>,
  parent: string,
  context: Context,
): { entry: Entry; shape: Shape<T> } | null {
  const [first, ...others] = namesOf(key, field).flatMap(({ key, shape }) => {
    const entry = map.entries.find((candidate) => candidate.key === key);
    return entry === undefined ? [] : [{ entry, shape }];
  });
  for (const { entry } of others) {
    const [kept, former] = [first!.entry.key, entry.key].map(quote);
    const text = `Both ${kept} and ${former} are given, two names of one key: remove ${former}`;
    context.problems.add(entry.at, joinPath(parent, entry.key), text);
  }
  return first ?? null;
}

function objectSchema(fields: Fields, groups: readonly string[][]): JsonSchema {
  const properties = Object.entries(fields).flatMap(([key, field]): [string, Json][] => [
    [key, {
      description: field.doc,
      ...field.shape.jsonSchema(),
      ...(field.schemaDefault === undefined ? {} : { default: field.schemaDefault }),
      ...(field.example === undefined ? {} : { examples: [field.example] }),
    }],
    ...field.aliases.map((alias): [string, Json] => [alias.key, {
      description: `Former name of ${quote(key)}.`,
      deprecated: true,
      ...alias.shape.jsonSchema(),
    }]),
  ]);
  const isRequired = Object.values(fields).some(({ required }) => required);
  // A key without a value reads as an empty map, unless something in it is required.
  const type: Json = !isRequired && groups.length === 0 ? ["object", "null"] : "object";
  const needs = groups.length === 0 ? {} : { anyOf: groups.map((keys) => ({ required: keys })) };
  return {
    type,
    properties: Object.fromEntries(properties),
    ...requiredSchema(fields),
    ...needs,
    additionalProperties: false,
  };
}

/** The keys that must be there, and no key under two of its names. */
function requiredSchema(fields: Fields): JsonSchema {
  const all = Object.entries(fields);
  const plain = all.flatMap(([key, { required, aliases }]) => required && aliases.length === 0 ? [key] : []);
  const rules = all.filter(([, { aliases }]) => aliases.length > 0).flatMap(([key, field]): JsonSchema[] => {
    const names = namesOf(key, field).map((name) => name.key);
    const pairs = names.flatMap((one, i) => names.slice(i + 1).map((other) => [one, other]));
    return [
      ...(field.required ? [{ anyOf: names.map((name) => ({ required: [name] })) }] : []),
      // Without the type it would refuse a key without a value: what is no map has every key, as JSON Schema sees it.
      ...pairs.map((pair) => ({ not: { type: "object", required: pair } })),
    ];
  });
  return { ...(plain.length === 0 ? {} : { required: plain }), ...(rules.length === 0 ? {} : { allOf: rules }) };
}

/** What a reader of scalars answers: a value, why not, or null for "found something else than expected". */
export type Read<T> = { value: T } | { error: string } | null;

/** What makes a scalar shape. */
export interface ScalarSpec<T> {
  expected: string;
  schema: JsonSchema;
  read(scalar: ScalarTree, context: Context): Read<T>;
  /** Keep the value out of messages. */
  secret?: boolean;
}

/** Any text of the file may be, or hold, a reference to the environment. */
const REFERENCE: JsonSchema = { type: "string", pattern: "\\$\\{" };

/** A single value. */
export function scalar<T>(spec: ScalarSpec<T>): Shape<T> {
  const decode = (tree: Tree, path: string, context: Context): T | undefined => {
    if (tree.kind === "unreadable") return undefined;
    if (tree.kind !== "scalar" || tree.value === null) return refuse(tree, path, spec.expected, context);
    const read = spec.read(tree, context);
    if (read && "value" in read) return read.value;
    if (read === null && !spec.secret) return refuse(tree, path, spec.expected, context);
    context.problems.add(
      tree.at,
      path,
      read?.error ?? `Expected ${spec.expected}; the value found is not shown, for it may be secret`,
    );
    return undefined;
  };
  const anyText = spec.schema["type"] === "string" && Object.keys(spec.schema).length === 1;
  const jsonSchema = () => anyText ? spec.schema : { anyOf: [spec.schema, REFERENCE] };
  return { expected: spec.expected, parts: [], decode, jsonSchema };
}

/** Tells that something else was found than expected. */
export function refuse(tree: Tree, path: string, expected: string, context: Context): undefined {
  context.problems.add(tree.at, path, `Expected ${expected}, found ${found(tree)}`);
  return undefined;
}
