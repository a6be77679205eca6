/** What a probe of `init` returns: keys of a scenario as lines of YAML, as a running server reports them. */

/** Keys that a probe found, as lines of YAML; null: the server does not report them. */
export type ProbeLines = string[] | null;

/** Asks the user which name is meant; null: no answer. */
export type Choose = (question: string, names: readonly string[]) => string | null;

/** Deadline of each request of a probe; milliseconds. */
export const PROBE_TIMEOUT_MS = 5000;
/** Most names that a comment lists. */
const MAX_NAMES = 8;

/** A text as YAML and JSON quote it. */
export const quoted = (value: string): string => JSON.stringify(value);

/** A comment that lists names after a value, or nothing; what a server reports stays on one line. */
export function namesComment(what: string, names: readonly string[]): string {
  const plain = [...new Set(names)].map((name) => name.replace(/[^\x20-\x7e]/g, "?"));
  if (plain.length === 0) return "";
  const more = plain.length > MAX_NAMES ? `, and ${plain.length - MAX_NAMES} more` : "";
  return ` # ${what}: ${plain.slice(0, MAX_NAMES).join(", ")}${more}`;
}
