/**
 * Shapes declare the values of a scenario file. One declaration is the decoder of the value, its JSON Schema and its
 * entry in the documentation, so that the three always agree.
 */
import { withRemedy } from "../../plan/nearest.ts";
import type { Bounds } from "../read/bounds.ts";
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

/** What decoding needs besides the value. */
export interface Context {
  problems: Problems;
  /** Absolute path of the folder that input paths are relative to. */
  dir: string;
  /** Whether a file or folder exists. */
  exists(path: string): boolean;
  /** Reads a file; throws when it cannot be read. */
  readText(path: string): string;
  /**
   * A name with the names of variables in braces in place of their values: of all that may be secret in one made from
   * values, else of those that are. Absent: as it is.
   */
  nameless?(text: string, made: boolean): string;
  /** What the text may use of this machine; undefined: all. */
  bounds?: Bounds | undefined;
}

/** A value's declaration. */
export interface Shape<out T> {
  /** The allowed values, in the words of a message: `a whole number from 1 to 100,000`. */
  readonly expected: string;
  /** The shapes inside, by the suffix of their path: `.users`, `[]`, `.<name>`; empty for alternatives. */
  readonly parts: readonly Part[];
  /** The value, or undefined after reporting its faults to `context.problems`. */
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

/** A decoded value and its position. */
export interface Setting<T> {
  value: T;
  /** False: `value` is the default. */
  given: boolean;
  /** False: a fault was reported, and `value` is only a substitute. */
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
  /** What happens without the key, for people. */
  absent: string;
  /** The default in JSON Schema; undefined: none. */
  schemaDefault: Json | undefined;
  /** An example value. */
  example: Json | undefined;
  /** Former names that files may still use; most keys have none. */
  aliases: readonly Alias<T>[];
  fallback(at: string, path: string, context: Context): T;
}

/** A former name of a key: files that use it stay valid. */
export interface Alias<out T> {
  key: string;
  /** Its values: the field's own shape, or another if the values had other names too. */
  shape: Shape<T>;
}

/** The keys of a map. */
export type Fields = Readonly<Record<string, Field<unknown>>>;
/** The decoded form of a map with these keys. */
export type Decoded<F extends Fields> = { [K in keyof F]: F[K] extends Field<infer T> ? Setting<T> : never };

/** A required key. */
export function required<T>(shape: Shape<T>, example: Json, doc: string): Field<T> {
  const fallback = (at: string, path: string, context: Context) => decodeOwn(shape, example, at, path, context);
  return { shape, doc, required: true, absent: "", schemaDefault: undefined, example, aliases: [], fallback };
}

/** A key with a fixed default, in the notation of the file. */
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

/** A key that may be missing; `absent` says what happens then. */
export function maybe<T>(shape: Shape<T>, absent: string, doc: string, example?: Json): Field<T | null> {
  return { shape, doc, required: false, absent, schemaDefault: undefined, example, aliases: [], fallback: () => null };
}

/**
 * Adds a former name to a field. No flag may set such a key: the file could then hold both names.
 * @param shape shape of the former values; default: the field's own shape
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

/** Whether a map with these keys may hold `key`, an own or a former name. */
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

/** Decodes the schema's own defaults and examples; a refusal is a bug. */
function decodeOwn<T>(shape: Shape<T>, json: Json, at: string, path: string, context: Context): T {
  const value = shape.decode(treeOf(json, at), path, { ...context, bounds: undefined });
  if (value === undefined) throw new Error(`The schema's own value for "${path}" does not fit it`);
  return value;
}

/** A shape with a name in JSON Schema and in the documentation. */
export interface ObjectShape<T> extends Shape<T> {
  readonly fields: Fields;
}

/**
 * A map with fixed keys; a key written without a value counts as an empty map.
 * @param groups sets of keys of which one must be there, for JSON Schema; the decoder's user checks them itself
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Problems } from "../read/problems.ts";
 * import { readTree } from "../read/yaml_tree.ts";
 * import { integer } from "./scalars.ts";
 *
 * const shape = object({ users: required(integer(1, 100), 10, "Users."), workers: optional(integer(1, 8), 2, "Threads.") });
 * const problems = new Problems();
 * const context = { problems, dir: "/", exists: () => true, readText: () => "" };
 * const given = shape.decode(readTree("users: 500", "file.yaml", {}, problems)!, "", context);
 * assert.equal(given?.workers.value, 2);
 * assert.deepEqual(problems.list, [
 *   { at: "file.yaml:1:8", path: "users", text: "Expected a whole number from 1 to 100, found 500" },
 * ]);
 * ```
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

/** The entry of a field under one of its names, and the shape for that name; null: none. Reports a second entry. */
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
    const text = `Both ${kept} and ${former} are given, but they are names of the same key: remove ${former}`;
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

/** Demands the required keys, and forbids a key under two of its names. */
function requiredSchema(fields: Fields): JsonSchema {
  const all = Object.entries(fields);
  const plain = all.flatMap(([key, { required, aliases }]) => required && aliases.length === 0 ? [key] : []);
  const rules = all.filter(([, { aliases }]) => aliases.length > 0).flatMap(([key, field]): JsonSchema[] => {
    const names = namesOf(key, field).map((name) => name.key);
    const pairs = names.flatMap((one, i) => names.slice(i + 1).map((other) => [one, other]));
    return [
      ...(field.required ? [{ anyOf: names.map((name) => ({ required: [name] })) }] : []),
      // JSON Schema's `required` accepts anything that is no map, so `not` alone would refuse a key without a value.
      ...pairs.map((pair) => ({ not: { type: "object", required: pair } })),
    ];
  });
  return { ...(plain.length === 0 ? {} : { required: plain }), ...(rules.length === 0 ? {} : { allOf: rules }) };
}

/** Result of reading a scalar: a value, an error, or null for the message "expected ..., found ...". */
export type Read<T> = { value: T } | { error: string } | null;

/** The parts of a scalar shape. */
export interface ScalarSpec<T> {
  expected: string;
  schema: JsonSchema;
  read(scalar: ScalarTree, context: Context): Read<T>;
  /** Keep the value out of messages. */
  secret?: boolean;
  /** `read` itself limits the length of the text. */
  limited?: boolean;
}

/** Longest text of a value whose shape names no limit, such as a duration or a rule. */
const MAX_CHARACTERS = 4096;

/** Any text of the file may hold a reference to the environment. */
const REFERENCE: JsonSchema = { type: "string", pattern: "\\$\\{" };

/** A single value. */
export function scalar<T>(spec: ScalarSpec<T>): Shape<T> {
  const decode = (tree: Tree, path: string, context: Context): T | undefined => {
    if (tree.kind === "unreadable") return undefined;
    if (tree.kind !== "scalar" || tree.value === null) return refuse(tree, path, spec.expected, context);
    if (!spec.limited && tree.text.length > MAX_CHARACTERS) {
      context.problems.add(tree.at, path, `Expected ${spec.expected}, found ${tree.text.length} characters`);
      return undefined;
    }
    const read = spec.read(tree, context);
    if (read && "value" in read) return read.value;
    if (read === null && !spec.secret) return refuse(tree, path, spec.expected, context);
    context.problems.add(
      tree.at,
      path,
      read?.error ?? `Expected ${spec.expected}; the value found is not shown because it may be secret`,
    );
    return undefined;
  };
  const anyText = spec.schema["type"] === "string" && Object.keys(spec.schema).length === 1;
  const jsonSchema = () => anyText ? spec.schema : { anyOf: [spec.schema, REFERENCE] };
  return { expected: spec.expected, parts: [], decode, jsonSchema };
}

/** Reports an unexpected value. */
export function refuse(tree: Tree, path: string, expected: string, context: Context): undefined {
  context.problems.add(tree.at, path, `Expected ${expected}, found ${found(tree)}`);
  return undefined;
}
