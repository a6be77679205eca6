/** Shapes made of other shapes: lists, maps with free keys, alternatives. */
import { type Context, type JsonSchema, type Part, refuse, type Setting, type Shape } from "./shape.ts";
import { quote, type Tree } from "../read/tree.ts";
import { joinPath } from "../read/yaml_tree.ts";

/** A list with `min` to `max` items. */
export function list<T>(
  item: Shape<T>,
  { min = 0, max = 100 }: { min?: number; max?: number } = {},
): Shape<Setting<T>[]> {
  const expected = `a list, each item ${item.expected}`;
  const decode = (tree: Tree, path: string, context: Context): Setting<T>[] | undefined => {
    if (tree.kind === "unreadable") return undefined;
    if (tree.kind !== "list") return refuse(tree, path, expected, context);
    if (tree.items.length < min || tree.items.length > max) {
      context.problems.add(tree.at, path, `Expected ${min} to ${max} items, found ${tree.items.length}`);
      return undefined;
    }
    return allOf(tree.items.map((value, i) => decodeItem(item, value, `${path}[${i}]`, context)));
  };
  const jsonSchema = (): JsonSchema => ({ type: "array", items: item.jsonSchema(), minItems: min, maxItems: max });
  return { expected, parts: [{ suffix: "[]", shape: item }], decode, jsonSchema };
}

/** One value, or a list of values. */
export function oneOrMore<T>(item: Shape<T>, limits: { min?: number; max?: number } = {}): Shape<Setting<T>[]> {
  const several = list(item, limits);
  const decode = (tree: Tree, path: string, context: Context): Setting<T>[] | undefined =>
    tree.kind === "scalar" ? allOf([decodeItem(item, tree, path, context)]) : several.decode(tree, path, context);
  const jsonSchema = (): JsonSchema => ({ anyOf: [several.jsonSchema(), item.jsonSchema()] });
  return { expected: `${item.expected}, or a list of them`, parts: several.parts, decode, jsonSchema };
}

function decodeItem<T>(item: Shape<T>, tree: Tree, path: string, context: Context): Setting<T> | undefined {
  const value = item.decode(tree, path, context);
  return value === undefined ? undefined : { value, given: true, valid: true, at: tree.at, path };
}

function allOf<T>(items: readonly (T | undefined)[]): T[] | undefined {
  const good = items.filter((item) => item !== undefined);
  return good.length === items.length ? good : undefined;
}

/** The free keys of a map. */
export interface KeyShape {
  /** Word for the key in the documentation, as in `.<name>`. */
  placeholder: string;
  /** Source of a regular expression that matches the whole key. */
  pattern: string;
  /** Why a key is not allowed, or null. */
  fault(key: string): string | null;
}

/** A setting under a free key. */
export interface KeyedSetting<T> extends Setting<T> {
  key: string;
  keyAt: string;
}

/** A map with free keys. */
export function mapOf<T>(
  keys: KeyShape,
  item: Shape<T>,
  { min = 0, max = 100 }: { min?: number; max?: number } = {},
): Shape<KeyedSetting<T>[]> {
  const expected = `a map of <${keys.placeholder}> to ${item.expected}`;
  const decode = (tree: Tree, path: string, context: Context): KeyedSetting<T>[] | undefined => {
    if (tree.kind === "unreadable") return undefined;
    if (tree.kind !== "map") return refuse(tree, path, expected, context);
    if (tree.entries.length < min || tree.entries.length > max) {
      context.problems.add(tree.at, path, `Expected ${min} to ${max} entries, found ${tree.entries.length}`);
      return undefined;
    }
    return allOf(tree.entries.map((entry) => {
      const entryPath = joinPath(path, entry.key);
      const fault = keys.fault(entry.key);
      if (fault !== null) context.problems.add(entry.at, entryPath, fault);
      const setting = decodeItem(item, entry.value, entryPath, context);
      return fault === null && setting ? { ...setting, key: entry.key, keyAt: entry.at } : undefined;
    }));
  };
  const jsonSchema = (): JsonSchema => ({
    type: "object",
    patternProperties: { [keys.pattern]: item.jsonSchema() },
    additionalProperties: false,
    minProperties: min,
    maxProperties: max,
  });
  return { expected, parts: [{ suffix: `.<${keys.placeholder}>`, shape: item }], decode, jsonSchema };
}

/** One shape for a single value, another for a map. */
export function scalarOrMap<T>(single: Shape<T>, map: Shape<T>): Shape<T> {
  const expected = `${single.expected}, or a map`;
  const decode = (tree: Tree, path: string, context: Context): T | undefined => {
    if (tree.kind === "list") return refuse(tree, path, expected, context);
    return (tree.kind === "map" ? map : single).decode(tree, path, context);
  };
  const parts: Part[] = [{ suffix: "", shape: map }];
  return { expected, parts, decode, jsonSchema: () => ({ anyOf: [single.jsonSchema(), map.jsonSchema()] }) };
}

/** One shape for a map, another for everything else. */
export function orMap<T>(other: Shape<T>, map: Shape<T>): Shape<T> {
  const expected = `${other.expected}, or a map`;
  const decode = (tree: Tree, path: string, context: Context): T | undefined =>
    (tree.kind === "map" ? map : other).decode(tree, path, context);
  const parts: Part[] = [{ suffix: "", shape: map }];
  return { expected, parts, decode, jsonSchema: () => ({ anyOf: [other.jsonSchema(), map.jsonSchema()] }) };
}

/** A shape that converts the value of another; `change` may report problems and return undefined. */
export function transform<T, U>(
  shape: Shape<T>,
  change: (value: T, place: { at: string; path: string }, context: Context) => U | undefined,
): Shape<U> {
  const decode = (tree: Tree, path: string, context: Context): U | undefined => {
    const value = shape.decode(tree, path, context);
    return value === undefined ? undefined : change(value, { at: tree.at, path }, context);
  };
  return { expected: shape.expected, parts: shape.parts, decode, jsonSchema: () => shape.jsonSchema() };
}

/** Keys that match a pattern; a message names `expected`. */
export function keyPattern(placeholder: string, pattern: string, expected: string): KeyShape {
  const whole = new RegExp(pattern);
  const fault = (key: string): string | null =>
    whole.test(key) ? null : `The name ${quote(key)} is not allowed: expected ${expected}`;
  return { placeholder, pattern, fault };
}
