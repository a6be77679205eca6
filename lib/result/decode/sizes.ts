/** How much a value may hold, told before the fields are examined: faults of a list with millions of items cost minutes. */
import type { TSchema } from "typebox";

/** Where a list or map holds too much, and the limit. */
export interface TooMuch {
  path: string[];
  /** "items" or "entries". */
  of: "items" | "entries";
  most: number;
}

/** What sizes depend on, of a schema. */
interface Sized {
  items?: TSchema;
  maxItems?: number;
  maxProperties?: number;
  properties?: Record<string, TSchema>;
  patternProperties?: Record<string, TSchema>;
  anyOf?: TSchema[];
}

/** The first list or map that holds more than the schema allows, or null. */
export function tooMuch(schema: TSchema, value: unknown, path: readonly string[] = []): TooMuch | null {
  if (typeof value !== "object" || value === null) return null;
  const { items, maxItems = Infinity, maxProperties = Infinity, ...more } = schema as Sized;
  const alternative = firstOf(more.anyOf ?? [], (one) => tooMuch(one, value, path));
  if (alternative !== null) return alternative;
  if (Array.isArray(value)) {
    if (value.length > maxItems) return { path: [...path], of: "items", most: maxItems };
    if (items === undefined) return null;
    return firstOf(value.entries(), ([at, item]) => tooMuch(items, item, [...path, String(at)]));
  }
  const entries = Object.entries(value);
  if (entries.length > maxProperties) return { path: [...path], of: "entries", most: maxProperties };
  const common = Object.values(more.patternProperties ?? {})[0];
  return firstOf(entries, ([key, one]) => {
    const own = more.properties !== undefined && Object.hasOwn(more.properties, key) ? more.properties[key] : common;
    return own === undefined ? null : tooMuch(own, one, [...path, key]);
  });
}

function firstOf<T>(items: Iterable<T>, find: (item: T) => TooMuch | null): TooMuch | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}
