/** HTML built from templates whose every insertion is escaped, so that no text can become markup by being forgotten. */
import { escapeHtml } from "../format/escape.ts";

/** A piece of finished HTML. Only `markup` and `verbatim` make one. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What a template takes: text and numbers are escaped, markup is not, lists are joined, null leaves nothing. */
export type Insertion = string | number | Markup | null | readonly Insertion[];

/**
 * Tag of HTML templates. Attribute values must stand in double quotes.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const name = '<script>alert("hi")</script>';
 * assert.equal(markup`<b>${["a", 1, null]}</b>`.text, "<b>a1</b>");
 * assert.ok(!markup`<b>${name}</b>`.text.includes("<script>"));
 * ```
 */
export function markup(parts: TemplateStringsArray, ...insertions: readonly Insertion[]): Markup {
  return new Markup(
    parts.map((part, i) => part + (i < insertions.length ? render(insertions[i] ?? null) : "")).join(""),
  );
}

/** Text that is HTML already, or the content of a script or style element; never text from outside. */
export function verbatim(text: string): Markup {
  return new Markup(text);
}

function render(insertion: Insertion): string {
  if (insertion === null) return "";
  if (insertion instanceof Markup) return insertion.text;
  return typeof insertion === "object" ? insertion.map(render).join("") : escapeHtml(String(insertion));
}
