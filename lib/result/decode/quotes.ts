/** Values of a stranger's file in messages: short, and in printable ASCII. */

/** Longest quote of a text; characters. */
export const MAX_QUOTE = 40;

/** What was found: a short value itself, in printable ASCII. */
export function found(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "a map";
  return typeof value === "string" ? quoted(value) : String(value);
}

/** A text in quotes, cut, with everything that a terminal could obey escaped. */
export function quoted(text: string): string {
  const cut = text.length > MAX_QUOTE ? `${text.slice(0, MAX_QUOTE)}...` : text;
  return JSON.stringify(cut).replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
