/** Maps whose keys depend on the value of one key, such as a service's keys on its `protocol`. */
import { transform } from "./containers.ts";
import { choice } from "./scalars.ts";
import {
  type Context,
  type Decoded,
  type Field,
  type Fields,
  hasKey,
  type JsonSchema,
  object,
  type ObjectShape,
  optional,
  refuse,
  required,
  type Shape,
} from "./shape.ts";
import { type Entry, entryOf, isNothing, type MapTree, quote, type Tree } from "../read/tree.ts";
import { joinPath } from "../read/yaml_tree.ts";

/** Position of a value. */
export interface Place {
  at: string;
  path: string;
}

/** One form of the map. */
export interface Variant<T> {
  /** Keys it shares with other forms. */
  common: Fields;
  /** Its own keys, one shape with its own section in the documentation. */
  own: ObjectShape<unknown>;
  shape(tag: Fields): Shape<T>;
}

/** Declares one form; `build` may report problems and return undefined. */
export function variant<C extends Fields, O extends Fields, T>(
  common: C,
  own: O,
  build: (given: Decoded<C & O>, place: Place, context: Context) => T | undefined,
): Variant<T> {
  const shape = (tag: Fields): Shape<T> => {
    const whole: C & O & Fields = { ...tag, ...common, ...own };
    return transform(object(whole), (given, place, context) => build(given as Decoded<C & O>, place, context));
  };
  return { common, own: object(own), shape };
}

/** The key that selects the form. */
export interface Tag {
  key: string;
  doc: string;
  /** The form without the key; null: the key is required. */
  fallback: string | null;
}

/** A map in one of several forms; the value of `tag.key` selects the form. */
export function variants<T>(tag: Tag, forms: Readonly<Record<string, Variant<T>>>): Shape<T> {
  const names = Object.keys(forms);
  const { fallback } = tag;
  const shapes = Object.entries(forms).map(([name, form]) => {
    const word = choice(name);
    const field: Field<string> = name === fallback ? optional(word, name, tag.doc) : required(word, name, tag.doc);
    return [name, form.shape({ [tag.key]: field })] as const;
  });
  const anyName: Field<string> = fallback === null
    ? required(choice(...names), names[0]!, tag.doc)
    : optional(choice(...names), fallback, tag.doc);
  const decode = (tree: Tree, path: string, context: Context): T | undefined => {
    if (tree.kind === "unreadable") return undefined;
    if (tree.kind !== "map" && !isNothing(tree)) return refuse(tree, path, "a map of keys", context);
    const name = nameOf(tree, tag, anyName, path, context);
    if (name === undefined) return undefined;
    const form = shapes.find(([known]) => known === name)![1];
    return form.decode(
      tree.kind === "map" ? withoutForeign(tree, path, name, tag, forms, context) : tree,
      path,
      context,
    );
  };
  const common = object({ [tag.key]: anyName, ...Object.values(forms)[0]!.common });
  const parts = [
    { suffix: "", shape: common },
    ...Object.entries(forms).map(([name, { own }]) => ({ suffix: ` (${name})`, shape: own })),
  ];
  const jsonSchema = (): JsonSchema => ({ anyOf: shapes.map(([, shape]) => shape.jsonSchema()) });
  return { expected: "a map of keys", parts, decode, jsonSchema };
}

function nameOf(tree: Tree, tag: Tag, field: Field<string>, path: string, context: Context): string | undefined {
  const given = entryOf(tree, tag.key);
  if (given !== undefined) return field.shape.decode(given, joinPath(path, tag.key), context);
  if (tag.fallback !== null) return tag.fallback;
  context.problems.add(
    tree.at,
    joinPath(path, tag.key),
    `Missing key ${quote(tag.key)}: expected ${field.shape.expected}`,
  );
  return undefined;
}

/** The map without the keys of other forms; reports each of those keys. */
function withoutForeign(
  tree: MapTree,
  path: string,
  name: string,
  { key: tag }: Tag,
  forms: Readonly<Record<string, Variant<unknown>>>,
  context: Context,
): MapTree {
  const own = forms[name]!;
  const isForeign = ({ key, at }: Entry): boolean => {
    if (key === tag || hasKey(own.common, key) || hasKey(own.own.fields, key)) return false;
    const others = Object.keys(forms).filter((other) => hasKey(forms[other]!.own.fields, key));
    if (others.length === 0) return false;
    const text = `The key ${quote(key)} needs "${tag}: ${others.join('" or "')}", but here the ${tag} is "${name}": ` +
      `remove it, or change the ${tag}`;
    context.problems.add(at, joinPath(path, key), text);
    return true;
  };
  return { ...tree, entries: tree.entries.filter((entry) => !isForeign(entry)) };
}
