/** The words that JSON Schemas are put together from. */

/** A part of a schema. */
export type Schema = { readonly [keyword: string]: unknown };

/** A whole number. */
export const INTEGER: Schema = { type: "integer" };
/** A whole number from 0. */
export const COUNT: Schema = { type: "integer", minimum: 0 };
/** Any number. */
export const NUMBER: Schema = { type: "number" };
/** A text. */
export const TEXT: Schema = { type: "string" };
/** True or false. */
export const YES_NO: Schema = { type: "boolean" };

/** Or null: not known. */
export const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: "null" }] });
/** A list of one kind. */
export const list = (items: Schema): Schema => ({ type: "array", items });
/** By names that the run gives. */
export const map = (values: Schema): Schema => ({ type: "object", additionalProperties: values });
/** One of some words. */
export const oneOf = (...words: string[]): Schema => ({ type: "string", enum: words });
/** A part of the schema by its name. */
export const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });
/** With a description. */
export const described = (description: string, schema: Schema): Schema => ({ description, ...schema });

/** An object; names that end in `?` may be absent. More may come in later versions of the same format. */
export function object(members: Readonly<Record<string, Schema>>): Schema {
  const entries = Object.entries(members).map(([name, schema]) => [name.replace(/\?$/, ""), schema]);
  return {
    type: "object",
    properties: Object.fromEntries(entries),
    required: Object.keys(members).filter((name) => !name.endsWith("?")),
  };
}

/** The same for each name. */
export const each = (names: readonly string[], schema: Schema) =>
  Object.fromEntries(names.map((name) => [name, schema]));
