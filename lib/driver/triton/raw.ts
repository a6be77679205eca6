/**
 * Values of a tensor as bytes: row by row, little-endian, without gaps. An element of BYTES is its length in 32 bits,
 * then its bytes. Source: KServe v2, "raw tensor data", and Triton's extension "binary tensor data".
 */
import type { Json } from "../../plan/protocols.ts";

/** Writes one number at an offset; `low` and `high` are the least and the greatest value. */
interface IntegerType {
  size: number;
  low: bigint;
  high: bigint;
  write(view: DataView, at: number, value: bigint): void;
  read(view: DataView, at: number): number;
}

interface FloatType {
  size: number;
  write(view: DataView, at: number, value: number): void;
}

const signed = (bits: bigint): Pick<IntegerType, "low" | "high"> => ({
  low: -(2n ** (bits - 1n)),
  high: 2n ** (bits - 1n) - 1n,
});
const unsigned = (bits: bigint): Pick<IntegerType, "low" | "high"> => ({ low: 0n, high: 2n ** bits - 1n });

const INTEGERS: Readonly<Record<string, IntegerType>> = {
  INT8: {
    ...signed(8n),
    size: 1,
    write: (view, at, value) => view.setInt8(at, Number(value)),
    read: (view, at) => view.getInt8(at),
  },
  INT16: {
    ...signed(16n),
    size: 2,
    write: (view, at, value) => view.setInt16(at, Number(value), true),
    read: (view, at) => view.getInt16(at, true),
  },
  INT32: {
    ...signed(32n),
    size: 4,
    write: (view, at, value) => view.setInt32(at, Number(value), true),
    read: (view, at) => view.getInt32(at, true),
  },
  INT64: {
    ...signed(64n),
    size: 8,
    write: (view, at, value) => view.setBigInt64(at, value, true),
    read: (view, at) => Number(view.getBigInt64(at, true)),
  },
  UINT8: {
    ...unsigned(8n),
    size: 1,
    write: (view, at, value) => view.setUint8(at, Number(value)),
    read: (view, at) => view.getUint8(at),
  },
  UINT16: {
    ...unsigned(16n),
    size: 2,
    write: (view, at, value) => view.setUint16(at, Number(value), true),
    read: (view, at) => view.getUint16(at, true),
  },
  UINT32: {
    ...unsigned(32n),
    size: 4,
    write: (view, at, value) => view.setUint32(at, Number(value), true),
    read: (view, at) => view.getUint32(at, true),
  },
  UINT64: {
    ...unsigned(64n),
    size: 8,
    write: (view, at, value) => view.setBigUint64(at, value, true),
    read: (view, at) => Number(view.getBigUint64(at, true)),
  },
};

const FLOATS: Readonly<Record<string, FloatType>> = {
  FP16: { size: 2, write: (view, at, value) => view.setFloat16(at, value, true) },
  BF16: { size: 2, write: (view, at, value) => view.setUint16(at, brainFloat(value), true) },
  FP32: { size: 4, write: (view, at, value) => view.setFloat32(at, value, true) },
  FP64: { size: 8, write: (view, at, value) => view.setFloat64(at, value, true) },
};

/** The upper half of a 32-bit float, rounded to nearest, ties to even. */
function brainFloat(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  const bits = view.getUint32(0);
  // Rounding could drop the low bits of a NaN and leave infinity.
  if (Number.isNaN(value)) return bits >>> 16 | 0x40;
  return (bits + 0x7fff + (bits >>> 16 & 1)) >>> 16 & 0xffff;
}

/** Whether june-load can send tensors of this type. */
export function isDatatype(name: string): boolean {
  return name === "BYTES" || name === "BOOL" || name in INTEGERS || name in FLOATS;
}

/**
 * Encodes the elements of a tensor, one after the other.
 * @throws {RangeError} for a value that the type cannot hold; the message continues "the value"
 */
export function encodeElements(datatype: string, values: readonly Json[]): Uint8Array {
  if (datatype === "BYTES") return encodeTexts(values);
  if (datatype === "BOOL") return Uint8Array.from(values, booleanOf);
  const integer = INTEGERS[datatype];
  if (integer !== undefined) {
    return fixedSize(values, integer.size, (view, at, value) => integer.write(view, at, integerOf(value, datatype)));
  }
  const float = FLOATS[datatype];
  if (float === undefined) throw new RangeError(`cannot be sent as ${datatype}, a type june-load does not know`);
  return fixedSize(values, float.size, (view, at, value) => float.write(view, at, numberOf(value, datatype)));
}

function fixedSize(
  values: readonly Json[],
  size: number,
  write: (view: DataView, at: number, value: Json) => void,
): Uint8Array {
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) write(view, index * size, value);
  return bytes;
}

const encoder = new TextEncoder();

function encodeTexts(values: readonly Json[]): Uint8Array {
  const texts = values.map((value) => encoder.encode(typeof value === "string" ? value : JSON.stringify(value)));
  const bytes = new Uint8Array(texts.reduce((sum, text) => sum + 4 + text.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const text of texts) {
    view.setUint32(at, text.length, true);
    bytes.set(text, at + 4);
    at += 4 + text.length;
  }
  return bytes;
}

function booleanOf(value: Json): number {
  if (value === true || value === 1) return 1;
  if (value === false || value === 0) return 0;
  throw new RangeError(`${JSON.stringify(value)} is not a BOOL: write true or false`);
}

function integerOf(value: Json, datatype: string): bigint {
  const { low, high } = INTEGERS[datatype] as IntegerType;
  const whole = Number.isSafeInteger(value) || typeof value === "string" && /^-?\d{1,20}$/.test(value);
  if (!whole) throw new RangeError(`${JSON.stringify(value)} is not of type ${datatype}: write a whole number`);
  const exact = BigInt(value as number | string);
  if (exact >= low && exact <= high) return exact;
  throw new RangeError(`${value} does not fit ${datatype}, which goes from ${low} to ${high}`);
}

function numberOf(value: Json, datatype: string): number {
  if (typeof value === "number") return value;
  throw new RangeError(`${JSON.stringify(value)} is not of type ${datatype}: write a number`);
}

/**
 * Visits each element of a raw BYTES tensor in `bytes`.
 * @param visit called with the start and the end of each element
 * @throws {RangeError} when an element is longer than the rest of the tensor
 */
export function eachText(
  bytes: Uint8Array,
  tensor: { from: number; to: number },
  visit: (from: number, to: number) => void,
): void {
  for (let at = tensor.from; at < tensor.to;) {
    const from = at + 4;
    if (from > tensor.to) throw new RangeError("A BYTES tensor ends inside the length of an element");
    at = from + lengthAt(bytes, at);
    if (at > tensor.to) throw new RangeError("An element of a BYTES tensor is longer than the tensor");
    visit(from, at);
  }
}

/** 32 bits, little-endian. */
function lengthAt(bytes: Uint8Array, at: number): number {
  const [low = 0, second = 0, third = 0, high = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  return (low | second << 8 | third << 16) + high * 2 ** 24;
}

/**
 * The numbers of a raw tensor with an integer type; empty for other types. Beyond 2^53 they are rounded.
 * @throws {RangeError} when the last number is incomplete
 */
export function integersOf(datatype: string, bytes: Uint8Array): number[] {
  const type = INTEGERS[datatype];
  if (type === undefined) return [];
  if (bytes.length % type.size !== 0) throw new RangeError(`A tensor of ${datatype} has ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / type.size }, (_, index) => type.read(view, index * type.size));
}
