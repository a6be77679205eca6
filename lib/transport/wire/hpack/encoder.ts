/**
 * Writes header blocks without a dynamic table: a block has the same meaning at any time on any connection, so it is
 * encoded once and sent many times. Serves both sides.
 */
import { joinBytes } from "../../../base/bytes.ts";
import { STATIC_COUNT, STATIC_NAMES, STATIC_VALUES } from "./static_table.ts";

/** One header field; characters stand for bytes (U+0000 to U+00FF). */
export type HeaderField = readonly [name: string, value: string];

const NAME_INDEX = new Map<string, number>();
const FIELD_INDEX = new Map<string, number>();
for (let index = STATIC_COUNT; index > 0; index--) {
  NAME_INDEX.set(STATIC_NAMES[index]!, index);
  if (STATIC_VALUES[index] !== "") FIELD_INDEX.set(`${STATIC_NAMES[index]}=${STATIC_VALUES[index]}`, index);
}

/** Fields whose values no proxy may put into a table (RFC 7541 section 7.1.3). */
const SECRET_NAMES = new Set(["authorization", "cookie", "proxy-authorization"]);
const EMPTY_TABLE = 0x20;
const LITERAL = 0x00;
const LITERAL_NEVER_INDEXED = 0x10;

/** Encodes fields in order: indexed where the static table holds the whole field, else literal, never Huffman. */
export function encodeHeaders(fields: readonly HeaderField[]): Uint8Array {
  const out: number[] = [];
  for (const [name, value] of fields) encodeField(out, name, value);
  return new Uint8Array(out);
}

/**
 * The block with a table size update of 0 before it (RFC 7541 section 6.3), as required for the first block after the
 * peer made its table smaller.
 */
export function afterTableUpdate(block: Uint8Array): Uint8Array {
  return joinBytes(Uint8Array.of(EMPTY_TABLE), block);
}

function encodeField(out: number[], name: string, value: string): void {
  const whole = FIELD_INDEX.get(`${name}=${value}`);
  if (whole !== undefined) {
    encodeInteger(out, 0x80, 7, whole);
    return;
  }
  const index = NAME_INDEX.get(name) ?? 0;
  encodeInteger(out, SECRET_NAMES.has(name) ? LITERAL_NEVER_INDEXED : LITERAL, 4, index);
  if (index === 0) encodeString(out, name);
  encodeString(out, value);
}

function encodeInteger(out: number[], pattern: number, prefix_bits: number, value: number): void {
  const mask = (1 << prefix_bits) - 1;
  if (value < mask) {
    out.push(pattern | value);
    return;
  }
  out.push(pattern | mask);
  let rest = value - mask;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) out.push((rest & 0x7f) | 0x80);
  out.push(rest);
}

function encodeString(out: number[], text: string): void {
  encodeInteger(out, 0, 7, text.length);
  for (let at = 0; at < text.length; at++) out.push(text.charCodeAt(at) & 0xff);
}
