/**
 * Tables as text: CSV (RFC 4180; blanks around a field belong to it, as there), TSV, and the variants that spreadsheets
 * write.
 */

/** How the rows of a table are written. */
export interface TableForm {
  /** Stands between fields; null: a row is one field. */
  separator: string | null;
  /**
   * A row is a line, and only a field that is quoted from end to end loses its quotes: tables with tabs often have
   * quotes that belong to the text.
   */
  loose: boolean;
}

/**
 * The fields of one row.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const comma = { separator: ",", loose: false };
 * assert.deepEqual(parseRow('1,"Hi, ""you""",\r', comma), ["1", 'Hi, "you"', ""]);
 * assert.deepEqual(parseRow('"Hi," he said', { separator: "\t", loose: true }), ['"Hi," he said']);
 * ```
 */
export function parseRow(row: string, { separator, loose }: TableForm): string[] {
  const text = row.endsWith("\r") ? row.slice(0, -1) : row;
  const fields: string[] = [];
  for (let at = 0; at <= text.length;) {
    const quoted = text[at] === '"' ? quotedField(text, at, separator) : null;
    const [field, next] = quoted !== null && (quoted.whole || !loose)
      ? [quoted.field, quoted.next]
      : plainField(text, at, separator);
    fields.push(field);
    at = next;
  }
  return fields;
}

/** A field up to its separator, and where the next one begins. */
function plainField(text: string, at: number, separator: string | null): [field: string, next: number] {
  const end = separator === null ? -1 : text.indexOf(separator, at);
  return end < 0 ? [text.slice(at), text.length + 1] : [text.slice(at, end), end + 1];
}

/** Text after the closing quote, up to the separator, stays as it is; then the field is not quoted as a whole. */
function quotedField(text: string, at: number, separator: string | null) {
  let field = "";
  for (let from = at + 1;;) {
    const end = text.indexOf('"', from);
    if (end < 0) return { field: field + text.slice(from), next: text.length + 1, whole: false };
    field += text.slice(from, end);
    if (text[end + 1] !== '"') {
      const [rest, next] = plainField(text, end + 1, separator);
      return { field: field + rest, next, whole: rest === "" };
    }
    field += '"';
    from = end + 2;
  }
}

/** A name without the differences of notation: `Max_Tokens`, `max-tokens` and `maxTokens` are the same. */
export const plainName = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, "");

/** The beginning of a table. */
export interface TableHead {
  separator: string | null;
  /** Lines before the names of the columns: 1 where Excel's `sep=` line is there. */
  skipped: number;
  /** Names of the columns. */
  names: string[];
}

/** Separators in the order of preference. */
const SEPARATORS = [",", "\t", ";", "|"];
const BOM = "\ufeff";

/**
 * Finds out how a table is written: by Excel's line `sep=;`, else by the separator that gives the names that are known,
 * else by the one that gives most fields.
 *
 * @param text its first lines
 * @param isKnown whether a column is expected to have this name
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const isKnown = (name: string) => name === "prompt";
 * assert.deepEqual(readHead("id;prompt\n1;Hi, you\n", isKnown), { separator: ";", skipped: 0, names: ["id", "prompt"] });
 * assert.equal(readHead("prompt\nHi, you\n", isKnown).separator, null);
 * ```
 */
export function readHead(text: string, isKnown: (name: string) => boolean): TableHead {
  const [first = "", second = ""] = text.replace(BOM, "").split("\n", 2).map((line) => line.replace(/\r$/, ""));
  const named = /^"?sep=(.)"?$/i.exec(first)?.[1];
  if (named !== undefined) return { separator: named, skipped: 1, names: namesOf(second, named) };
  const found = [null, ...SEPARATORS].map((separator) => ({ separator, names: namesOf(first, separator) }));
  const known = (names: readonly string[]) => names.filter(isKnown).length;
  const best = found.reduce((best, next) => {
    const more = known(next.names) - known(best.names);
    return more > 0 || (more === 0 && known(best.names) === 0 && next.names.length > best.names.length) ? next : best;
  });
  return { ...best, skipped: 0 };
}

const namesOf = (line: string, separator: string | null): string[] =>
  parseRow(line, { separator, loose: false }).map((name) => name.trim());
