/** The fields of records, as JSON Schema that TypeBox compiles. */
import { type TSchema, Type } from "typebox";
import { MAX_AMOUNT, MAX_COUNT, MAX_MS, MAX_NAME, MAX_SUM, MAX_TEXT } from "./limits.ts";

/** A schema for each field of `T`, those that may be absent included: the compiler asks for each. */
export type Fields<T> = { readonly [K in keyof T]-?: TSchema };

/** A map with at least the fields of `T`. Other fields may be there: a later version wrote them. */
export function map<T>(fields: Fields<T>): TSchema {
  return Type.Object(fields as Record<string, TSchema>);
}

/** A field that may be absent. */
export const maybe = (schema: TSchema): TSchema => Type.Optional(schema);
/** A value or null. */
export const orNull = (schema: TSchema): TSchema => Type.Union([schema, Type.Null()]);
/** A list of at most `max` items. */
export const list = (item: TSchema, max: number, min = 0): TSchema =>
  Type.Array(item, { minItems: min, maxItems: max });
/** One of several maps; `kind` or `protocol` tells them apart. */
export const oneOf = (...schemas: TSchema[]): TSchema => Type.Union(schemas);
/** One of several words. */
export const word = (words: readonly string[]): TSchema => Type.Enum([...words]);
/** Exactly this word. */
export const only = (text: string): TSchema => Type.Literal(text);
/** Any JSON value; the depth of the whole line is limited. */
export const anything: TSchema = Type.Unknown();

/** A name of something, without control characters. */
export const name: TSchema = Type.String({
  minLength: 1,
  maxLength: MAX_NAME,
  pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$",
});
/** Any text; whatever shows it removes control characters. */
export const text: TSchema = Type.String({ maxLength: MAX_TEXT });
/** True or false. */
export const flag: TSchema = Type.Boolean();
/** So many calls, messages or values. */
export const count: TSchema = Type.Integer({ minimum: 0, maximum: MAX_COUNT });
/** A whole number that counts from the start of the run, or that counts anything else. */
export const whole: TSchema = Type.Integer({ minimum: 0, maximum: MAX_AMOUNT });
/** An amount that is never negative. */
export const amount: TSchema = Type.Number({ minimum: 0, maximum: MAX_AMOUNT });
/** An amount that may be negative. */
export const signed: TSchema = Type.Number({ minimum: -MAX_AMOUNT, maximum: MAX_AMOUNT });
/** A sum of amounts. */
export const sum: TSchema = Type.Number({ minimum: -MAX_SUM, maximum: MAX_SUM });
/** A reading of a machine; null where there was none. */
export const reading: TSchema = orNull(Type.Number({ minimum: -1e18, maximum: 1e18 }));
/** Milliseconds since the start of the run. */
export const instant: TSchema = Type.Number({ minimum: -MAX_MS, maximum: MAX_MS });
/** A length of time; milliseconds. */
export const length: TSchema = Type.Number({ minimum: 0, maximum: MAX_MS });
/** A place in a list of the plan. */
export const place: TSchema = Type.Integer({ minimum: 0, maximum: 1e6 });
/** An index of seconds. */
export const second: TSchema = Type.Integer({ minimum: 0, maximum: MAX_MS / 1000 });
