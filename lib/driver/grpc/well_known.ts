/** Converts the JSON forms of Google's well-known types to their fields and back, by protobuf's JSON mapping. */
import type { Json } from "../../plan/protocols.ts";
import { isTemplate, parseTemplate } from "../../plan/template.ts";

/** Fields of a message by name. */
export type Fields = { [name: string]: Json };

/** How one type looks in JSON. */
interface JsonForm {
  /**
   * From the JSON form to fields. A value in another form is returned unchanged and read as the type's fields.
   * @throws {RangeError} that names the form of the type
   */
  expand(value: Json): Json;
  contract(fields: Fields): Json;
}

const PACKAGE = "google.protobuf.";

const isFields = (value: Json): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);

const NANOS = 9;

function nanosOf(fraction: string | undefined): number {
  return Number((fraction ?? "").slice(1).padEnd(NANOS, "0"));
}

/** `.25` for 250,000,000; nothing for 0. */
function fractionOf(nanos: Json | undefined): string {
  const digits = String(Math.abs(Number(nanos ?? 0))).padStart(NANOS, "0").replace(/0+$/, "");
  return digits === "" ? "" : `.${digits}`;
}

/** The two fields of times and durations; no nanoseconds are left out, as protobuf's own libraries do. */
const secondsOf = (whole: Json, nanos: number): Fields => nanos === 0 ? { seconds: whole } : { seconds: whole, nanos };

const timestamp: JsonForm = {
  expand(value) {
    if (typeof value !== "string") return value;
    const [, day, time, fraction, zone] =
      /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[-+]\d\d:\d\d)$/i.exec(value) ?? [];
    const at_ms = Date.parse(`${day}T${time}${zone}`.toUpperCase());
    if (Number.isNaN(at_ms)) throw new RangeError('must be a time such as "2026-01-31T12:00:00Z"');
    return secondsOf(at_ms / 1000, nanosOf(fraction));
  },
  contract({ seconds, nanos }) {
    const at = new Date(1000 * Number(seconds ?? 0));
    if (Number.isNaN(at.getTime())) return { seconds: seconds ?? 0, nanos: nanos ?? 0 };
    return `${at.toISOString().slice(0, 19)}${fractionOf(nanos)}Z`;
  },
};

const duration: JsonForm = {
  expand(value) {
    if (typeof value !== "string") return value;
    const [, sign, whole, fraction] = /^(-?)(\d+)(\.\d{1,9})?s$/.exec(value) ?? [];
    if (whole === undefined) throw new RangeError('must be a duration in seconds such as "1.5s"');
    // Text, for the digits; a minus sign before 0 seconds still counts for the nanoseconds.
    return secondsOf(`${sign}${whole}`, sign === "-" ? -nanosOf(fraction) : nanosOf(fraction));
  },
  contract({ seconds, nanos }) {
    const negative = Number(seconds ?? 0) < 0 || Number(nanos ?? 0) < 0;
    return `${negative ? "-" : ""}${String(seconds ?? 0).replace("-", "")}${fractionOf(nanos)}s`;
  },
};

const wrapper = (absent: Json): JsonForm => ({
  expand: (value) => isFields(value) ? value : { value },
  contract: ({ value }) => value ?? absent,
});

const fieldMask: JsonForm = {
  expand(value) {
    if (typeof value !== "string") return value;
    const snake = (path: string) => path.trim().replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return { paths: value === "" ? [] : value.split(",").map(snake) };
  },
  contract: ({ paths }) => Array.isArray(paths) ? paths.join(",") : "",
};

const struct: JsonForm = {
  expand: (value) => isFields(value) ? { fields: value } : value,
  contract: ({ fields }) => fields ?? {},
};

const listValue: JsonForm = {
  expand: (value) => Array.isArray(value) ? { values: value } : value,
  contract: ({ values }) => values ?? [],
};

const anyValue: JsonForm = {
  expand(value) {
    if (value === null) return { null_value: "NULL_VALUE" };
    if (Array.isArray(value)) return { list_value: value };
    if (typeof value === "boolean") return { bool_value: value };
    if (typeof value === "number" || typeof value === "string" && isLoneNumber(value)) return { number_value: value };
    return typeof value === "string" ? { string_value: value } : { struct_value: value };
  },
  contract(fields) {
    if ("null_value" in fields) return null;
    return Object.values(fields)[0] ?? null;
  },
};

/** A text that is exactly one placeholder for a number. */
function isLoneNumber(text: string): boolean {
  if (!isTemplate(text)) return false;
  const [part, ...more] = parseTemplate(text);
  return more.length === 0 && (part?.kind === "int" || part?.kind === "seq");
}

const FORMS: ReadonlyMap<string, JsonForm> = new Map([
  ["Timestamp", timestamp],
  ["Duration", duration],
  ["FieldMask", fieldMask],
  ["Struct", struct],
  ["ListValue", listValue],
  ["Value", anyValue],
  ["BoolValue", wrapper(false)],
  ["StringValue", wrapper("")],
  ["BytesValue", wrapper("")],
  ...["Double", "Float", "Int64", "UInt64", "Int32", "UInt32"].map((
    name,
  ): [string, JsonForm] => [`${name}Value`, wrapper(0)]),
]);

/** The JSON form of a type, or null for a type that is written as its fields. */
export function jsonFormOf(typeName: string): JsonForm | null {
  return typeName.startsWith(PACKAGE) ? FORMS.get(typeName.slice(PACKAGE.length)) ?? null : null;
}

/** Any's type; its form depends on the type inside. */
export const ANY = `${PACKAGE}Any`;
/** The type whose JSON `null` is a value and not an absent field. */
export const VALUE = `${PACKAGE}Value`;

/** The type that an Any's URL names. */
export const typeOfUrl = (url: string): string => url.slice(url.lastIndexOf("/") + 1);
