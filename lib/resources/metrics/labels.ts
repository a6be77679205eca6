/** Labels of the samples of a page, which may hold anything: their values are a stranger's text. */

import { plainLine } from "../../base/plain_line.ts";

/** Labels of a sample. */
export interface Labels {
  /** The same for the same labels in any order. */
  readonly id: string;
  readonly values: ReadonlyMap<string, string>;
}

/** Most labels of a sample. */
const MAX_LABELS = 64;
/** Longest value shown; characters. */
const MAX_SHOWN = 64;
/** Since Prometheus 3 a name with other characters stands among the labels, quoted and without a value. */
const NAME_KEY = "";

/** A sample without labels has these. */
export const NO_LABELS: Labels = labelsFrom(new Map());

function labelsFrom(values: ReadonlyMap<string, string>): Labels {
  const sorted = [...values].sort(([a], [b]) => a < b ? -1 : 1);
  return { id: sorted.length === 0 ? "" : JSON.stringify(sorted), values };
}

/** One label, or a name alone, and the comma that follows it. */
const LABEL =
  /[ \t]*(?:([a-zA-Z_][a-zA-Z0-9_]*)|"((?:[^"\\]|\\.)*)")[ \t]*(?:=[ \t]*"((?:[^"\\]|\\.)*)")?[ \t]*(?:,|$)/y;

/**
 * Reads what stands between the braces of a sample; null where it breaks the format.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const labels = readLabels('model="a \\"b\\"", le="+Inf",');
 * assert.deepEqual([...labels!.values], [["model", 'a "b"'], ["le", "+Inf"]]);
 * assert.equal(readLabels("model=a"), null);
 * assert.equal(readLabels('b="1",a="2"')!.id, readLabels('a="2", b="1"')!.id);
 * ```
 */
export function readLabels(text: string): Labels | null {
  const values = new Map<string, string>();
  const end = text.trimEnd().length;
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < end) {
    const found = LABEL.exec(text);
    if (found === null) return null;
    const [, plain, quoted, value] = found;
    const key = plain ?? unescaped(quoted ?? "");
    if (value === undefined && (plain !== undefined || values.has(NAME_KEY))) return null;
    if (value === undefined) values.set(NAME_KEY, key);
    else values.set(key, unescaped(value));
    if (values.size > MAX_LABELS) return null;
  }
  return values.size === 0 ? NO_LABELS : labelsFrom(values);
}

/** The name that stands among labels, and the labels without it; null: there is none. */
export function splitName({ values }: Labels): { name: string; labels: Labels } | null {
  const name = values.get(NAME_KEY);
  if (name === undefined || name === "") return null;
  return { name, labels: labelsFrom(new Map([...values].filter(([key]) => key !== NAME_KEY))) };
}

/** Backslashes as the format has them: `\\`, `\"` and `\n`; any other stays as it is. */
function unescaped(text: string): string {
  return text.includes("\\")
    ? text.replace(
      /\\(.)/gs,
      (whole, code: string) => code === "n" ? "\n" : code === '"' || code === "\\" ? code : whole,
    )
    : text;
}

/**
 * Labels as a key of a reading shows them: `model="a",version="1"`, on one line and within limits.
 * @param names those to show; one that the sample lacks is left out
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const labels = readLabels('model="a\\nb",version="1"')!;
 * assert.equal(showLabels(labels, ["model", "none"]), 'model="a b"');
 * ```
 */
export function showLabels({ values }: Labels, names: readonly string[]): string {
  return names.flatMap((name) => {
    const value = values.get(name);
    return value === undefined ? [] : [`${name}="${shown(value)}"`];
  }).join(",");
}

/** Without what would end a line, a quote or a brace early. */
function shown(value: string): string {
  const plain = plainLine(value).replace(/["\\{}]/g, "'");
  return plain.length > MAX_SHOWN ? `${[...plain].slice(0, MAX_SHOWN - 1).join("")}…` : plain;
}
