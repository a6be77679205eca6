/**
 * Templates: texts of requests with placeholders such as `{{uuid}}`, which each call fills in again. This file has their
 * grammar; `lib/driver/exchange/template.ts` fills them in.
 */
import { UserError } from "./errors.ts";
import { didYouMean } from "./nearest.ts";

/** A piece of a template. */
export type TemplatePart =
  | { kind: "text"; text: string }
  | { kind: "uuid" }
  | { kind: "seq" }
  /** Number of characters. */
  | { kind: "random"; length: number }
  /** Includes both ends. */
  | { kind: "int"; min: number; max: number }
  /** A line of a file. */
  | { kind: "pick"; file: string }
  | { kind: "prompt" };

/** The notation and meaning of every placeholder. */
export const PLACEHOLDERS = {
  uuid: { form: "{{uuid}}", summary: "a random UUID (version 4)" },
  seq: { form: "{{seq}}", summary: "the number of the call (1, 2, 3, ...), counted per operation in each worker" },
  random: { form: "{{random N}}", summary: "N random characters from a-z and 2-7" },
  int: { form: "{{int A B}}", summary: "a random whole number from A to B, both included" },
  pick: { form: "{{pick FILE}}", summary: "a random line of a file" },
  prompt: { form: "{{prompt}}", summary: "the text of an llm call; elsewhere a random built-in prompt" },
} as const;

/** Longest `{{random N}}`; characters. */
const MAX_RANDOM = 16 * 1024 * 1024;

/** A placeholder, or escaped braces. */
const PLACEHOLDER = /\\\{\{|\{\{([^{}]*)\}\}/g;

/**
 * The parts of a template. `\{{` stands for two braces.
 * @throws {UserError} kind `config` for a placeholder that does not exist or has wrong arguments
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseTemplate("user-{{seq}}"), [{ kind: "text", text: "user-" }, { kind: "seq" }]);
 * ```
 */
export function parseTemplate(text: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let plain = "";
  let from = 0;
  const flush = () => {
    if (plain !== "") parts.push({ kind: "text", text: plain });
    plain = "";
  };
  for (const match of text.matchAll(PLACEHOLDER)) {
    plain += text.slice(from, match.index);
    from = match.index + match[0].length;
    if (match[1] === undefined) plain += "{{";
    else {
      flush();
      parts.push(parsePlaceholder(match[1].trim()));
    }
  }
  plain += text.slice(from);
  flush();
  return parts;
}

/** Whether a text has placeholders, or escaped braces. */
export const isTemplate = (text: string): boolean => text.includes("{{") && text.search(PLACEHOLDER) >= 0;

/**
 * Replaces the path in each `{{pick FILE}}`, e.g. to make a scenario's paths absolute.
 * @throws {UserError} as `parseTemplate` does
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(mapPickedFiles("{{pick ids.txt}}-{{seq}}", (file) => `/data/${file}`), "{{pick /data/ids.txt}}-{{seq}}");
 * ```
 */
export function mapPickedFiles(text: string, path: (file: string) => string): string {
  return text.replace(PLACEHOLDER, (whole, inside: string | undefined) => {
    if (inside === undefined) return whole;
    const part = parsePlaceholder(inside.trim());
    return part.kind === "pick" ? `{{pick ${path(part.file)}}}` : whole;
  });
}

function parsePlaceholder(inside: string): TemplatePart {
  const [, name = "", rest = ""] = /^(\S*)\s*(.*)$/s.exec(inside) ?? [];
  switch (name) {
    case "uuid":
    case "seq":
    case "prompt":
      if (rest !== "") refuse(inside, `{{${name}}} takes no arguments`);
      return { kind: name };
    case "random": {
      const length = /^\d+$/.test(rest) ? Number(rest) : -1;
      if (length < 1 || length > MAX_RANDOM) refuse(inside, `write {{random N}} with N from 1 to ${MAX_RANDOM}`);
      return { kind: "random", length };
    }
    case "int": {
      const [, min, max] = /^(-?\d+)\s+(-?\d+)$/.exec(rest)?.map(Number) ?? [];
      if (min === undefined || max === undefined || min > max) refuse(inside, "write {{int A B}} with A up to B");
      if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max)) refuse(inside, "its numbers are too large");
      return { kind: "int", min, max };
    }
    case "pick":
      if (rest === "") refuse(inside, "write {{pick FILE}} with the path of a text file");
      return { kind: "pick", file: rest };
    default: {
      const known = Object.values(PLACEHOLDERS).map(({ form }) => form).join(", ");
      return refuse(inside, `there is ${known}${didYouMean(name, Object.keys(PLACEHOLDERS))}`);
    }
  }
}

function refuse(inside: string, what: string): never {
  throw new UserError("config", `Cannot use the placeholder "{{${inside}}}": ${what}`);
}
