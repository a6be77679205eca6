/** Converts scalars and enums between JSON and protobuf's bytes, by protobuf's JSON mapping. */
import type { Json } from "../../plan/protocols.ts";
import { type EnumType, offer, type Scalar } from "./types.ts";
import { varint, varint64, type WireReader, WireType } from "./wire.ts";

/** How whole numbers are encoded, and their range. */
interface Whole {
  bits: 32 | 64;
  signed: boolean;
  travels: "varint" | "zigzag" | "fixed";
}

const WHOLE: Partial<Record<Scalar, Whole>> = {
  int32: { bits: 32, signed: true, travels: "varint" },
  uint32: { bits: 32, signed: false, travels: "varint" },
  sint32: { bits: 32, signed: true, travels: "zigzag" },
  fixed32: { bits: 32, signed: false, travels: "fixed" },
  sfixed32: { bits: 32, signed: true, travels: "fixed" },
  int64: { bits: 64, signed: true, travels: "varint" },
  uint64: { bits: 64, signed: false, travels: "varint" },
  sint64: { bits: 64, signed: true, travels: "zigzag" },
  fixed64: { bits: 64, signed: false, travels: "fixed" },
  sfixed64: { bits: 64, signed: true, travels: "fixed" },
};

/** The wire type of a scalar. */
export function wireTypeOf(scalar: Scalar): number {
  if (scalar === "string" || scalar === "bytes") return WireType.LENGTH;
  if (scalar === "double") return WireType.FIXED64;
  if (scalar === "float") return WireType.FIXED32;
  const whole = WHOLE[scalar];
  if (whole?.travels !== "fixed") return WireType.VARINT;
  return whole.bits === 32 ? WireType.FIXED32 : WireType.FIXED64;
}

/** The value of an absent field without presence. */
export function defaultOf(scalar: Scalar): Json {
  if (scalar === "string" || scalar === "bytes") return "";
  return scalar === "bool" ? false : 0;
}

/** Longest value that a message shows; characters. */
const MAX_TOLD = 40;

/** A value as messages show it. */
export function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= MAX_TOLD ? text : `${text.slice(0, MAX_TOLD - 1)}…`;
}

function refuse(wanted: string, value: Json): never {
  throw new RangeError(`must be ${wanted}, not ${shown(value)}`);
}

const UTF8 = new TextEncoder();

/**
 * A value's bytes, without tag; texts and bytes without their length.
 * @throws {RangeError} that names the expected type and the value
 */
export function encodeScalar(scalar: Scalar, value: Json): Uint8Array {
  switch (scalar) {
    case "string":
      return typeof value === "string" ? UTF8.encode(value) : refuse("a text (put it in quotes)", value);
    case "bytes":
      return typeof value === "string" ? encodeBase64(value) : refuse("bytes as base64 text", value);
    case "bool":
      return typeof value === "boolean" ? Uint8Array.of(value ? 1 : 0) : refuse("true or false", value);
    case "double":
    case "float":
      return encodeFraction(scalar, value);
    default:
      return encodeWhole(WHOLE[scalar] as Whole, value);
  }
}

function encodeBase64(text: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return refuse("bytes as base64 text", text);
  }
}

const SPECIAL = ["NaN", "Infinity", "-Infinity"];

function encodeFraction(scalar: "double" | "float", value: Json): Uint8Array {
  const isText = typeof value === "string" &&
    (SPECIAL.includes(value) || /^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(value));
  if (typeof value !== "number" && !isText) refuse("a number", value);
  const bytes = new Uint8Array(scalar === "double" ? 8 : 4);
  const view = new DataView(bytes.buffer);
  if (scalar === "double") view.setFloat64(0, Number(value), true);
  else view.setFloat32(0, Number(value), true);
  return bytes;
}

function encodeWhole({ bits, signed, travels }: Whole, value: Json): Uint8Array {
  // Templates mostly make small numbers, and BigInt is slow.
  const isSmall = typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 0x7fff_ffff;
  if (isSmall && travels === "varint") return varint(value);
  const min = signed ? -(2n ** BigInt(bits - 1)) : 0n;
  const max = 2n ** BigInt(signed ? bits - 1 : bits) - 1n;
  const wanted = `a whole number from ${min} to ${max}`;
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    refuse(`${wanted} (put one this large in quotes, or it loses digits)`, value);
  }
  const isWhole = typeof value === "number"
    ? Number.isInteger(value)
    : typeof value === "string" && /^-?\d+$/.test(value);
  if (!isWhole) return refuse(wanted, value);
  const whole = BigInt(value as string | number);
  if (whole < min || whole > max) refuse(wanted, value);
  if (travels === "varint") return varint64(whole);
  if (travels === "zigzag") return varint64(whole < 0n ? -2n * whole - 1n : 2n * whole);
  const bytes = new Uint8Array(bits / 8);
  const view = new DataView(bytes.buffer);
  if (bits === 64) view.setBigUint64(0, BigInt.asUintN(64, whole), true);
  else view.setUint32(0, Number(BigInt.asUintN(32, whole)), true);
  return bytes;
}

/**
 * Encodes an enum's value, given by name or by any number.
 * @throws {RangeError} for a name that the enum lacks
 */
export function encodeEnum(type: EnumType, value: Json): Uint8Array {
  if (typeof value !== "string") return encodeScalar("int32", value);
  const number = type.numbers.get(value);
  if (number !== undefined) return encodeScalar("int32", number);
  throw new RangeError(`must be a value of ${type.name}, not ${shown(value)}${offer(value, type.numbers.keys())}`);
}

/** The number if it is exact, else its digits as a text. */
function fromBig(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/**
 * Reads the value after a tag; texts and bytes with their length. Bytes become base64, numbers beyond 2^53 texts.
 * @throws {RangeError} for bytes that are cut off
 */
export function decodeScalar(scalar: Scalar, reader: WireReader): Json {
  switch (scalar) {
    case "string":
      return new TextDecoder().decode(reader.take(reader.length()));
    case "bytes":
      return new Uint8Array(reader.take(reader.length())).toBase64();
    case "bool":
      return reader.varint() !== 0n;
    case "double":
      return fraction(reader.view(8).getFloat64(0, true));
    case "float":
      return fraction(reader.view(4).getFloat32(0, true));
    default:
      return decodeWhole(WHOLE[scalar] as Whole, reader);
  }
}

const fraction = (value: number): Json => Number.isFinite(value) ? value : String(value);

function decodeWhole({ bits, signed, travels }: Whole, reader: WireReader): Json {
  if (travels === "fixed") {
    if (bits === 64) {
      return fromBig(signed ? reader.view(8).getBigInt64(0, true) : reader.view(8).getBigUint64(0, true));
    }
    return signed ? reader.view(4).getInt32(0, true) : reader.view(4).getUint32(0, true);
  }
  const raw = reader.varint();
  const value = travels === "zigzag" ? (raw >> 1n) ^ -(raw & 1n) : raw;
  return fromBig(signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value));
}

/** Reads an enum's value: its name, or the number where it has none. */
export function decodeEnum(type: EnumType, reader: WireReader): Json {
  const number = Number(BigInt.asIntN(32, reader.varint()));
  return type.names.get(number) ?? number;
}
