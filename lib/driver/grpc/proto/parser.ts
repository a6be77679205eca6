/**
 * Reads the text of a .proto file as protoc does: proto2, proto3 and editions. Types stay as written; `linkFiles` finds
 * them. Source: protobuf's language specification and protoc's parser.
 */
import {
  type DescriptorProto,
  type EnumDescriptorProto,
  FIELD_TYPES,
  type FieldDescriptorProto,
  type FileDescriptorProto,
  type ServiceDescriptorProto,
} from "../../../../proto/descriptor.ts";
import { featuresOf, type Options, readFieldOptions, readOption, skipStatement } from "./options.ts";
import { TokenReader } from "./tokens.ts";

const LABELS = ["optional", "required", "repeated"];
const REPEATED = 3;
const [GROUP, MESSAGE] = [FIELD_TYPES.indexOf("group"), FIELD_TYPES.indexOf("message")];
/** Types that a file names by a word of the language; a group has a body of its own. */
const SCALARS: readonly string[] = FIELD_TYPES.filter((name) => !["", "group", "message", "enum"].includes(name));

/** What may stand in a message, a file or a oneof: where its types and fields go. */
interface Scope {
  field: FieldDescriptorProto[];
  nested_type: DescriptorProto[];
}

/**
 * Parses a file.
 * @param name of the file, kept
 * @throws {ProtoSyntaxError} for what protoc would not take, with its line
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const file = parseProtoFile("a.proto", 'syntax = "proto3"; package a; message M { string text = 1; }');
 * assert.deepEqual([file.package, file.message_type[0]!.field[0]!.name], ["a", "text"]);
 * ```
 */
export function parseProtoFile(name: string, source: string): FileDescriptorProto {
  return new Parser(name, source).file();
}

class Parser {
  readonly #from: TokenReader;
  readonly #file: FileDescriptorProto;
  readonly #options: Options = new Map();

  constructor(name: string, source: string) {
    this.#from = new TokenReader(source);
    this.#file = {
      name,
      package: "",
      dependency: [],
      message_type: [],
      enum_type: [],
      service: [],
      options: null,
      syntax: "",
    };
  }

  file(): FileDescriptorProto {
    while (this.#from.peek().kind !== "end") this.#statement();
    return { ...this.#file, options: { features: featuresOf(this.#options) } };
  }

  #statement(): void {
    const [from, file] = [this.#from, this.#file];
    if (from.takes(";")) return;
    if (from.takes("syntax")) file.syntax = this.#assigned("the syntax");
    else if (from.takes("edition")) {
      this.#assigned("the edition");
      file.syntax = "editions";
    } else if (from.takes("package")) {
      file.package = from.path("the package's name");
      from.expect(";");
    } else if (from.takes("import")) this.#import();
    else if (from.takes("option")) readOption(from, this.#options);
    else if (from.takes("service")) file.service.push(this.#service());
    else if (from.takes("extend")) this.#extend(file.message_type);
    else if (!this.#type(file.message_type, file.enum_type)) {
      throw from.wrong("message, enum, service, extend, import, package or option");
    }
  }

  #assigned(what: string): string {
    this.#from.expect("=");
    const value = this.#from.text(what);
    this.#from.expect(";");
    return value;
  }

  #import(): void {
    const from = this.#from;
    // `import option` names a file of which only options are used.
    const unused = from.takes("option");
    if (!unused && !from.takes("public")) from.takes("weak");
    const name = from.text("the name of a file");
    from.expect(";");
    if (!unused) this.#file.dependency.push(name);
  }

  /** A message or an enum, if one begins here. */
  #type(messages: DescriptorProto[], enums: EnumDescriptorProto[]): boolean {
    const from = this.#from;
    const shown = from.sees("export") || from.sees("local") ? 1 : 0;
    const [message, one] = [from.sees("message", shown), from.sees("enum", shown)];
    if (!message && !one) return false;
    for (let word = 0; word <= shown; word++) from.next();
    if (message) messages.push(from.inside(() => this.#message(from.name("the message's name"))));
    else enums.push(this.#enum());
    return true;
  }

  #message(name: string): DescriptorProto {
    const from = this.#from;
    const message: DescriptorProto = {
      name,
      field: [],
      nested_type: [],
      enum_type: [],
      options: null,
      oneof_decl: [],
    };
    const options: Options = new Map();
    from.expect("{");
    while (!from.takes("}")) {
      if (from.takes(";")) continue;
      if (from.takes("option")) readOption(from, options);
      else if (from.takes("reserved") || from.takes("extensions")) skipStatement(from);
      else if (from.takes("extend")) this.#extend(message.nested_type);
      else if (from.takes("oneof")) this.#oneof(message);
      else if (!this.#type(message.nested_type, message.enum_type)) this.#field(message, message);
    }
    message.options = { map_entry: false, features: featuresOf(options) };
    return message;
  }

  #oneof(message: DescriptorProto): void {
    const from = this.#from;
    const index = message.oneof_decl.push({ name: from.name("the oneof's name") }) - 1;
    from.expect("{");
    while (!from.takes("}")) {
      if (from.takes(";")) continue;
      if (from.takes("option")) readOption(from, new Map());
      else this.#field(message, message).oneof_index = index;
    }
  }

  /** Extensions add no fields here, but a group among them is a type. */
  #extend(types: DescriptorProto[]): void {
    const from = this.#from;
    from.path("the extended message's name");
    from.expect("{");
    const unused: DescriptorProto = {
      name: "",
      field: [],
      nested_type: types,
      enum_type: [],
      options: null,
      oneof_decl: [],
    };
    while (!from.takes("}")) if (!from.takes(";")) this.#field(unused, null);
  }

  /** @param message the message whose field it is; null: an extension */
  #field(scope: Scope, message: DescriptorProto | null): FieldDescriptorProto {
    const from = this.#from;
    const label = LABELS.indexOf(from.peek().text) + 1;
    if (label > 0) from.next();
    if (label === 0 && from.sees("map") && from.sees("<", 1)) return this.#map(scope);
    if (from.takes("group")) return this.#group(scope, label);
    const type = from.path("a type");
    const field = this.#named(type, from.name("a field's name"), label || 1);
    from.expect(";");
    scope.field.push(field);
    if (message !== null && label === 1 && this.#file.syntax === "proto3") {
      field.proto3_optional = true;
      field.oneof_index = message.oneof_decl.push({ name: `_${field.name}` }) - 1;
    }
    return field;
  }

  /** The rest of a field, from its number to its options. */
  #named(type: string, name: string, label: number): FieldDescriptorProto {
    this.#from.expect("=");
    const number = this.#from.integer("a field's number");
    return fieldOf(name, number, label, type, readFieldOptions(this.#from));
  }

  #group(scope: Scope, label: number): FieldDescriptorProto {
    const name = this.#from.name("the group's name");
    const field = this.#named(name, name.toLowerCase(), label || 1);
    field.type = GROUP;
    scope.nested_type.push(this.#from.inside(() => this.#message(name)));
    scope.field.push(field);
    return field;
  }

  /** A map is a list of entries, each a message of its own. */
  #map(scope: Scope): FieldDescriptorProto {
    const from = this.#from;
    from.expect("map");
    from.expect("<");
    const key = from.path("the type of a map's keys");
    from.expect(",");
    const value = from.path("the type of a map's values");
    from.expect(">");
    const name = from.name("a field's name");
    const entry = entryNameOf(name);
    const field = { ...this.#named(entry, name, REPEATED), type: MESSAGE };
    from.expect(";");
    const none: Options = new Map();
    scope.nested_type.push({
      name: entry,
      field: [fieldOf("key", 1, 1, key, none), fieldOf("value", 2, 1, value, none)],
      nested_type: [],
      enum_type: [],
      options: { map_entry: true, features: null },
      oneof_decl: [],
    });
    scope.field.push(field);
    return field;
  }

  #enum(): EnumDescriptorProto {
    const from = this.#from;
    const one: EnumDescriptorProto = { name: from.name("the enum's name"), value: [] };
    from.expect("{");
    while (!from.takes("}")) {
      if (from.takes(";")) continue;
      if (from.sees("option") && !from.sees("=", 1)) {
        from.next();
        readOption(from, new Map());
      } else if (from.sees("reserved") && !from.sees("=", 1)) skipStatement(from);
      else {
        const name = from.name("the name of a value");
        from.expect("=");
        one.value.push({ name, number: from.integer("a number") });
        readFieldOptions(from);
        from.expect(";");
      }
    }
    return one;
  }

  #service(): ServiceDescriptorProto {
    const from = this.#from;
    const service: ServiceDescriptorProto = { name: from.name("the service's name"), method: [] };
    from.expect("{");
    while (!from.takes("}")) {
      if (from.takes(";")) continue;
      if (from.takes("option")) readOption(from, new Map());
      else service.method.push(this.#method());
    }
    return service;
  }

  #method(): ServiceDescriptorProto["method"][number] {
    const from = this.#from;
    from.expect("rpc");
    const name = from.name("the method's name");
    const request = this.#messageOf();
    from.expect("returns");
    const reply = this.#messageOf();
    if (from.takes("{")) {
      while (!from.takes("}")) {
        if (from.takes(";")) continue;
        from.expect("option");
        readOption(from, new Map());
      }
    } else from.expect(";");
    return {
      name,
      input_type: request.type,
      output_type: reply.type,
      client_streaming: request.stream,
      server_streaming: reply.stream,
    };
  }

  #messageOf(): { type: string; stream: boolean } {
    const from = this.#from;
    from.expect("(");
    const stream = from.sees("stream") && !from.sees(")", 1);
    if (stream) from.next();
    const type = from.path("a message's name");
    from.expect(")");
    return { type, stream };
  }
}

/** The type is a number of `FIELD_TYPES`; for a name of a type 0 until it is linked. */
function fieldOf(name: string, number: number, label: number, type: string, options: Options): FieldDescriptorProto {
  const scalar = SCALARS.includes(type);
  const packed = options.get("packed");
  return {
    name,
    number,
    label,
    type: scalar ? FIELD_TYPES.indexOf(type as typeof FIELD_TYPES[number]) : 0,
    type_name: scalar ? "" : type,
    options: { packed: packed === undefined ? null : packed === "true", features: featuresOf(options) },
    oneof_index: null,
    json_name: options.get("json_name") ?? "",
    proto3_optional: false,
  };
}

/** `my_field` -> `MyFieldEntry`, as protoc names the message. */
const entryNameOf = (field: string): string =>
  `${field.replace(/(^|_)([a-z0-9])?/g, (_, _gap, letter: string = "") => letter.toUpperCase())}Entry`;
