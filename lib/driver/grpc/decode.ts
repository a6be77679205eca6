/** Decodes replies to JSON, by protobuf's JSON mapping but with the field names of the .proto file. */
import type { Json } from "../../plan/protocols.ts";
import { decodeEnum, decodeScalar, defaultOf, wireTypeOf } from "./scalars.ts";
import type { Field, FieldType, MessageType, Types } from "./types.ts";
import { ANY, type Fields, jsonFormOf, typeOfUrl } from "./well_known.ts";
import { MAX_DEPTH, WireReader, WireType } from "./wire.ts";

/**
 * A message as JSON. An absent field reads as its default, or is left out where its presence is known.
 * @throws {RangeError} for bytes that are not such a message
 */
export function decodeMessage(type: MessageType, bytes: Uint8Array, types: Types): Json {
  return new Decoder(types).message(type, new WireReader(bytes), null, 0);
}

class Decoder {
  constructor(readonly types: Types) {}

  /** @param group number of the field whose end tag closes the message; null: it ends with its bytes */
  message(type: MessageType, reader: WireReader, group: number | null, depth: number): Json {
    const fields = this.#fields(type, reader, group, depth);
    if (type.name === ANY) return this.#any(fields, depth);
    const form = jsonFormOf(type.name);
    return form === null ? fields : form.contract(fields);
  }

  #fields(type: MessageType, reader: WireReader, group: number | null, depth: number): Fields {
    if (depth > MAX_DEPTH) throw new RangeError("messages are nested too deep");
    const found = new Map<Field, Json>();
    while (!reader.done) {
      const { number, wire } = reader.tag();
      if (wire === WireType.END && number === group) break;
      const field = type.by_number.get(number);
      if (field === undefined || !this.#read(field, wire, reader, found, depth)) reader.skip(wire, number);
    }
    const fields: [string, Json][] = [];
    for (const field of type.fields) {
      const value = found.get(field) ?? (field.presence ? undefined : absent(field));
      if (value !== undefined) fields.push([field.name, value]);
    }
    return Object.fromEntries(fields);
  }

  /** Reads one occurrence of a field; false: its wire type is not the field's. */
  #read(field: Field, wire: number, reader: WireReader, found: Map<Field, Json>, depth: number): boolean {
    const expected = wireOf(field.type, field.delimited);
    if (field.shape === "single") {
      if (wire !== expected) return false;
      found.set(field, this.#value(field, reader, depth));
      return true;
    }
    if (field.shape !== "repeated") {
      if (wire !== WireType.LENGTH) return false;
      const [key, value] = this.#entry(field, field.shape.map_key, reader.part(), depth);
      // Defined, not assigned: a key may be `__proto__`.
      Object.defineProperty(kept(found, field, {}), key, {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
      return true;
    }
    const packed = wire === WireType.LENGTH && expected !== WireType.LENGTH;
    if (!packed && wire !== expected) return false;
    const list = kept(found, field, [] as Json[]);
    if (!packed) list.push(this.#value(field, reader, depth));
    else for (const part = reader.part(); !part.done;) list.push(this.#value(field, part, depth));
    return true;
  }

  #entry(field: Field, mapKey: Parameters<typeof decodeScalar>[0], part: WireReader, depth: number): [string, Json] {
    let key: Json = defaultOf(mapKey);
    let value: Json | undefined;
    while (!part.done) {
      const { number, wire } = part.tag();
      if (number === 1 && wire === wireTypeOf(mapKey)) key = decodeScalar(mapKey, part);
      else if (number === 2 && wire === wireOf(field.type, false)) value = this.#value(field, part, depth);
      else part.skip(wire, number);
    }
    return [String(key), value ?? (field.type.kind === "message" ? {} : zeroOf(field.type))];
  }

  #value({ type, number, delimited }: Field, reader: WireReader, depth: number): Json {
    switch (type.kind) {
      case "scalar":
        return decodeScalar(type.scalar, reader);
      case "enum":
        return decodeEnum(type.enum, reader);
      case "message":
        if (delimited) return this.message(type.message, reader, number, depth + 1);
        return this.message(type.message, reader.part(), null, depth + 1);
      case "unknown":
        return new Uint8Array(reader.take(reader.length())).toBase64();
    }
  }

  #any(fields: Fields, depth: number): Json {
    const { type_url, value } = fields;
    const held = this.types.message(typeOfUrl(String(type_url ?? "")));
    if (held === null || typeof value !== "string") return fields;
    const inner = this.message(held, new WireReader(Uint8Array.fromBase64(value)), null, depth + 1);
    if (jsonFormOf(held.name) !== null) return { "@type": type_url ?? "", value: inner };
    return { "@type": type_url ?? "", ...inner as Fields };
  }
}

function wireOf(type: FieldType, delimited: boolean): number {
  if (type.kind === "scalar") return wireTypeOf(type.scalar);
  if (type.kind === "enum") return WireType.VARINT;
  return delimited ? WireType.START : WireType.LENGTH;
}

/** Collects the values of lists and maps. */
function kept<Kept extends Json>(found: Map<Field, Json>, field: Field, empty: Kept): Kept {
  const known = found.get(field);
  if (known !== undefined) return known as Kept;
  found.set(field, empty);
  return empty;
}

function absent({ shape, type }: Field): Json {
  if (shape === "repeated") return [];
  return shape === "single" ? zeroOf(type) : {};
}

function zeroOf(type: FieldType): Json {
  if (type.kind === "scalar") return defaultOf(type.scalar);
  return type.kind === "enum" ? type.enum.names.get(0) ?? 0 : null;
}
