/** Rows of CSV files. Source: RFC 4180; blanks around a field belong to it, as there. */

/**
 * The fields of one row.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseRow('1,"Hi, ""you""",\r', ","), ["1", 'Hi, "you"', ""]);
 * ```
 */
export function parseRow(row: string, separator: string): string[] {
  const text = row.endsWith("\r") ? row.slice(0, -1) : row;
  const fields: string[] = [];
  for (let at = 0; at <= text.length;) {
    const [field, next] = text[at] === '"' ? quotedField(text, at, separator) : plainField(text, at, separator);
    fields.push(field);
    at = next;
  }
  return fields;
}

/** A field up to its separator, and where the next one begins. */
function plainField(text: string, at: number, separator: string): [field: string, next: number] {
  const end = text.indexOf(separator, at);
  return end < 0 ? [text.slice(at), text.length + 1] : [text.slice(at, end), end + 1];
}

/** Text after the closing quote, up to the separator, stays as it is. */
function quotedField(text: string, at: number, separator: string): [field: string, next: number] {
  let field = "";
  for (let from = at + 1;;) {
    const end = text.indexOf('"', from);
    if (end < 0) return [field + text.slice(from), text.length + 1];
    field += text.slice(from, end);
    if (text[end + 1] !== '"') {
      const [rest, next] = plainField(text, end + 1, separator);
      return [field + rest, next];
    }
    field += '"';
    from = end + 2;
  }
}
