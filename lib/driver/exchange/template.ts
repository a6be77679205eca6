/** Templates: parsed once, then filled in for each call with the call's own random numbers. */
import { FileFault, readRegularFileSync } from "../../base/regular_file.ts";
import type { Json } from "../../plan/protocols.ts";
import { UserError } from "../../plan/errors.ts";
import { isTemplate, parseTemplate, type TemplatePart } from "../../plan/template.ts";
import { PROMPTS } from "../inputs/built_in.ts";
import type { Random } from "../core/random.ts";
import type { PickContext } from "../inputs/inputs.ts";

/** The values that one call fills its templates with. */
export interface TemplateContext extends PickContext {
  /** The number of the call, from 1; the same each time in one call. */
  seq(): number;
  /** The text that the call sends; absent: `{{prompt}}` is one of the built-in prompts. */
  prompt?(): string;
}

/** Sources of the texts that placeholders pick. */
export interface TemplateSources {
  /**
   * The lines of a file, at least one.
   * @throws {UserError} kind `input` for a file that cannot be used
   */
  lines(file: string): readonly string[];
  prompts: readonly string[];
}

/** Makes a value for one call. */
export type Template<Made> = (context: TemplateContext) => Made;

/** Files, read when a template that names them is compiled, and the built-in prompts. */
export const TEMPLATE_SOURCES: TemplateSources = { lines: readLines, prompts: PROMPTS };

/**
 * Compiles a text with placeholders.
 * @throws {UserError} kind `config` for a wrong placeholder, `input` for a file that cannot be used
 */
export function compileText(text: string, sources = TEMPLATE_SOURCES): Template<string> {
  if (!isTemplate(text)) return () => text;
  const makers = parseTemplate(text).map((part) => maker(part, sources));
  const [only] = makers;
  if (makers.length === 1 && only !== undefined) return (context) => String(only(context));
  return (context) => {
    let made = "";
    for (const make of makers) made += make(context);
    return made;
  };
}

/**
 * Compiles a JSON value whose texts have placeholders; names of fields stay as they are. A text that is exactly one
 * `{{int A B}}` or `{{seq}}` becomes a number. A part without placeholders is made once and shared by all calls.
 * @throws {UserError} as `compileText` does
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const make = compileJson({ id: "{{seq}}", name: "user-{{seq}}", size: "{{int 4 4}}" });
 * const call = { user: null, random: { next: () => 0 }, inputs: null, seq: () => 7 };
 * assert.deepEqual(make(call), { id: 7, name: "user-7", size: 4 });
 * ```
 */
export function compileJson(value: Json, sources = TEMPLATE_SOURCES): Template<Json> {
  if (typeof value === "string") return compileJsonText(value, sources);
  if (isConstant(value)) return () => value;
  if (Array.isArray(value)) {
    const items = value.map((item) => compileJson(item, sources));
    return (context) => items.map((item) => item(context));
  }
  const fields = Object.entries(value as { [key: string]: Json }).map(([name, field]) =>
    [name, compileJson(field, sources)] as const
  );
  return (context) => Object.fromEntries(fields.map(([name, field]) => [name, field(context)]));
}

function compileJsonText(text: string, sources: TemplateSources): Template<Json> {
  if (!isTemplate(text)) return () => text;
  const parts = parseTemplate(text);
  const [part] = parts;
  const lone = parts.length === 1 && (part?.kind === "int" || part?.kind === "seq");
  return lone ? maker(part, sources) : compileText(text, sources);
}

/** Whether the value has no placeholder, so that every call sends the same. */
export function isConstant(value: Json): boolean {
  if (typeof value === "string") return !isTemplate(value);
  if (typeof value !== "object" || value === null) return true;
  return (Array.isArray(value) ? value : Object.values(value)).every(isConstant);
}

function maker(part: TemplatePart, sources: TemplateSources): Template<string | number> {
  switch (part.kind) {
    case "text":
      return () => part.text;
    case "uuid":
      return ({ random }) => uuid(random);
    case "seq":
      return (context) => context.seq();
    case "random":
      return ({ random }) => characters(random, part.length);
    case "int": {
      const span = part.max - part.min + 1;
      return ({ random }) => part.min + Math.floor(random.next() * span);
    }
    case "pick":
      return picker(sources.lines(part.file));
    case "prompt": {
      const pick = picker(sources.prompts);
      return (context) => context.prompt?.() ?? pick(context);
    }
  }
}

function picker(list: readonly string[]): Template<string> {
  return ({ random }) => list[Math.floor(random.next() * list.length)] as string;
}

const word = (random: Random): number => Math.floor(random.next() * 2 ** 32);

/** A UUID of version 4 (RFC 9562, section 5.4). */
function uuid(random: Random): string {
  const hex = (value: number) => (value >>> 0).toString(16).padStart(8, "0");
  const first = hex(word(random));
  const second = hex(word(random) & 0xffff_0fff | 0x4000);
  const third = hex(word(random) & 0x3fff_ffff | 0x8000_0000);
  return `${first}-${second.slice(0, 4)}-${second.slice(4)}-${third.slice(0, 4)}-${third.slice(4)}${hex(word(random))}`;
}

/** RFC 4648's alphabet of base 32, in lower case. */
const ALPHABET = [..."abcdefghijklmnopqrstuvwxyz234567"];
/** Every pair of its characters, by 10 random bits. */
const PAIRS = ALPHABET.flatMap((first) => ALPHABET.map((second) => first + second));
/** Characters made of one random number of 32 bits. */
const PER_WORD = 6;

function characters(random: Random, length: number): string {
  let made = "";
  for (let count = 0; count < length; count += PER_WORD) {
    const bits = word(random);
    made += PAIRS[bits & 1023]! + PAIRS[bits >>> 10 & 1023]! + PAIRS[bits >>> 20 & 1023]!;
  }
  return made.length === length ? made : made.slice(0, length);
}

/** Largest file for `{{pick}}`; bytes. Every worker keeps its lines. */
const MAX_LINES_BYTES = 64 * 1024 * 1024;

const read = new Map<string, readonly string[]>();

/**
 * The lines of a text file without empty ones, read once. Templates are compiled before the load, so the read may
 * block.
 */
function readLines(file: string): readonly string[] {
  const known = read.get(file);
  if (known !== undefined) return known;
  const refuse = (what: string): never => {
    throw new UserError("input", `Cannot use "${file}" (named by {{pick}}): ${what}`);
  };
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(readRegularFileSync(file, MAX_LINES_BYTES));
  } catch (error) {
    return refuse(error instanceof FileFault ? error.message : "it is not UTF-8 text; save it as UTF-8");
  }
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  if (lines.length === 0) return refuse("it has no lines; write one text per line");
  read.set(file, lines);
  return lines;
}
