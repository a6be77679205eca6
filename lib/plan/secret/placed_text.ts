/** Texts in the form in which they are compared, with the place of each character in the text they were made of. */

/** A text, and from where to where each of its code units stands in the original. */
export interface PlacedText {
  readonly text: string;
  readonly from: ArrayLike<number>;
  readonly to: ArrayLike<number>;
}

/** How often a text is unescaped: JSON within JSON within a query is three. */
const MOST_ESCAPES = 3;

/** The forms in which a text is searched: as it is, and with its escapes undone once, twice, ... */
export function viewsOf(text: string): PlacedText[] {
  const plain = placed(text);
  const views = [plain];
  let view: PlacedText | null = plain;
  for (let times = 0; times < MOST_ESCAPES; times++) {
    view = unescaped(view);
    if (view === null) break;
    views.push(view);
  }
  return views.map(folded);
}

/**
 * A text in which capitals are small letters, and blanks, `+`, `-` and `_` are alike: servers change case, forms write a
 * blank as `+`, URLs write base64's `+` and `/` as `-` and `_`, and a line has no line breaks.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(fold("Sk-Live  aB_9\n"), "sk+live+ab/9");
 * ```
 */
export function fold(text: string): string {
  return trimmed(folded(placed(text)).text);
}

/** A folded text without blanks around it. */
export const trimmed = (folded: string): string => folded.replace(/^\++|\++$/g, "");

function placed(text: string): PlacedText {
  const from = Array.from({ length: text.length }, (_, i) => i);
  return { text, from, to: from.map((at) => at + 1) };
}

function folded({ text, from, to }: PlacedText): PlacedText {
  const letters: string[] = [];
  const [starts, ends]: [number[], number[]] = [[], []];
  for (let at = 0; at < text.length; at++) {
    const letter = letterAt(text, at);
    if (letter === "+" && letters.at(-1) === "+") {
      ends[ends.length - 1] = to[at] as number;
      continue;
    }
    letters.push(letter);
    starts.push(from[at] as number);
    ends.push(to[at] as number);
  }
  return { text: letters.join(""), from: starts, to: ends };
}

function letterAt(text: string, at: number): string {
  const code = text.charCodeAt(at);
  if (code >= 0x41 && code <= 0x5a) return String.fromCharCode(code + 0x20);
  if (code === 0x5f) return "/";
  return code === 0x2d || BLANK.test(text[at] as string) ? "+" : text[at] as string;
}

const BLANK = /[\p{Cc}\p{Zl}\p{Zp}\s]/u;

/** Percent-encoding, escapes of JSON and of most languages, entities of HTML. */
const ESCAPE =
  /(?:%[0-9a-f]{2})+|\\u\{[0-9a-f]{1,6}\}|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\[^ux]|&#[0-9]{1,7};|&#x[0-9a-f]{1,6};|&(?:amp|lt|gt|quot|apos|nbsp);/gi;
const LETTERS: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };
const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
};

/** The text with its escapes undone once; null where it has none. */
function unescaped({ text, from, to }: PlacedText): PlacedText | null {
  if (!/[%\\&]/.test(text)) return null;
  let out = "";
  const [starts, ends]: [number[], number[]] = [[], []];
  const put = (piece: string, first: number, past: number) => {
    for (let i = 0; i < piece.length; i++) {
      starts.push(from[first] as number);
      ends.push(to[past - 1] as number);
    }
    out += piece;
  };
  let at = 0;
  for (const { 0: escape, index } of text.matchAll(ESCAPE)) {
    for (; at < index; at++) put(text[at] as string, at, at + 1);
    if (escape.startsWith("%")) putBytes(escape, index, put);
    else put(meaningOf(escape), index, index + escape.length);
    at = index + escape.length;
  }
  if (at === 0) return null;
  for (; at < text.length; at++) put(text[at] as string, at, at + 1);
  return { text: out, from: starts, to: ends };
}

function meaningOf(escape: string): string {
  if (escape.startsWith("&")) {
    const name = escape.slice(1, -1).toLowerCase();
    if (!name.startsWith("#")) return ENTITIES[name] ?? escape;
    return codePoint(name.startsWith("#x") ? parseInt(name.slice(2), 16) : Number(name.slice(1)));
  }
  const kind = escape[1] as string;
  if (/[ux]/i.test(kind) && escape.length > 2) return codePoint(parseInt(escape.replace(/[^0-9a-f]/gi, ""), 16));
  return LETTERS[kind] ?? kind;
}

const codePoint = (code: number): string => code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Percent-encoded bytes as UTF-8; a byte that is none stands for itself. */
function putBytes(escape: string, index: number, put: (piece: string, first: number, past: number) => void): void {
  const bytes = Uint8Array.fromHex(escape.replaceAll("%", ""));
  for (let i = 0; i < bytes.length;) {
    const lead = bytes[i] as number;
    const length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    let [piece, taken] = [String.fromCharCode(lead), 1];
    if (length > 1) {
      try {
        [piece, taken] = [utf8.decode(bytes.subarray(i, i + length)), length];
      } catch {
        // Latin-1, or cut off.
      }
    }
    put(piece, index + 3 * i, index + 3 * (i + Math.min(taken, bytes.length - i)));
    i += taken;
  }
}
