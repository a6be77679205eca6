/** Options in a .proto file. Only those that change the encoding are kept; the others may hold anything. */
import type { FeatureSet } from "../../../../proto/descriptor.ts";
import type { TokenReader } from "./tokens.ts";

/** Options by name: plain values as written; the fields of a value in braces under `name.field`. */
export type Options = Map<string, string>;

const CLOSES: Readonly<Record<string, string>> = { "{": "}", "[": "]", "<": ">" };

/** Reads `option NAME = VALUE;`, its first word taken. */
export function readOption(from: TokenReader, into: Options): void {
  readPair(from, into);
  from.expect(";");
}

/** Reads `[NAME = VALUE, ...]` if it stands there. */
export function readFieldOptions(from: TokenReader): Options {
  const options: Options = new Map();
  if (!from.takes("[")) return options;
  do readPair(from, options); while (from.takes(","));
  from.expect("]");
  return options;
}

function readPair(from: TokenReader, into: Options): void {
  const name = readName(from);
  from.expect("=");
  if (from.sees("{")) return readBraces(from, name, into);
  if (from.peek().kind === "text") return void into.set(name, from.text("a text"));
  const sign = from.takes("-") ? "-" : from.takes("+") ? "+" : "";
  const { kind } = from.peek();
  if (kind !== "name" && kind !== "number") throw from.wrong("a value");
  into.set(name, sign + from.next().text);
}

/** `packed`, `features.field_presence`, `(buf.validate.field).string.min_len`. */
function readName(from: TokenReader): string {
  let name = "";
  do {
    if (from.takes("(")) {
      name += `${name && "."}(${from.path("an extension's name")})`;
      from.expect(")");
    } else {
      name += `${name && "."}${from.name("an option's name")}`;
    }
  } while (from.takes("."));
  return name;
}

/** A message in protobuf's text format: its plain fields are kept, all else is passed over. */
function readBraces(from: TokenReader, name: string, into: Options): void {
  from.expect("{");
  while (!from.takes("}")) {
    const key = from.peek();
    if (key.kind === "name" && from.sees(":", 1) && from.peek(2).kind === "name") {
      into.set(`${name}.${key.text}`, from.peek(2).text);
    }
    skipOne(from);
  }
}

/** Passes over one word, or over a bracket with all that it holds. */
export function skipOne(from: TokenReader): void {
  const opening = from.next();
  if (opening.kind === "end") throw from.wrong("a closing bracket");
  const closing = opening.kind === "mark" ? CLOSES[opening.text] : undefined;
  if (closing === undefined) return;
  from.inside(() => {
    while (!from.takes(closing)) skipOne(from);
  });
}

/** Passes over the rest of a statement. */
export function skipStatement(from: TokenReader): void {
  while (!from.takes(";")) skipOne(from);
}

const FEATURES = {
  field_presence: { EXPLICIT: 1, IMPLICIT: 2, LEGACY_REQUIRED: 3 },
  repeated_field_encoding: { PACKED: 1, EXPANDED: 2 },
  message_encoding: { LENGTH_PREFIXED: 1, DELIMITED: 2 },
} as const;

/** The features among options. */
export function featuresOf(options: Options): FeatureSet {
  const chosen = (feature: keyof typeof FEATURES) => {
    const choices: Readonly<Record<string, number>> = FEATURES[feature];
    return choices[options.get(`features.${feature}`) ?? ""] ?? 0;
  };
  return {
    field_presence: chosen("field_presence"),
    repeated_field_encoding: chosen("repeated_field_encoding"),
    message_encoding: chosen("message_encoding"),
  };
}
