/** Could the generator keep up? Each thing that was looked at, and what to change where it was the limit. */
import type { FitCheck } from "../../../verdict/generator_fit.ts";
import { type Markup, markup } from "../markup.ts";

const LOOK = {
  ok: { tone: "pass", mark: "✓", word: "fine" },
  unknown: { tone: "quiet", mark: "?", word: "not known: could not be seen, or too little to say" },
  warn: { tone: "warn", mark: "!", word: "mind this" },
  invalid: { tone: "fail", mark: "✕", word: "makes the run invalid" },
} as const;

/** Null where nothing was looked at. */
export function generatorSection(checks: readonly FitCheck[]): Markup | null {
  if (checks.length === 0) return null;
  const worst = checks.some(({ state }) => state === "invalid")
    ? "No: june-load, and not the services, was the limit."
    : checks.some(({ state }) => state === "warn")
    ? "It did, but for what is marked."
    : checks.some(({ state }) => state === "unknown")
    ? "As far as could be seen, yes."
    : "Yes.";
  return markup`<h3 id="generator">Could the generator keep up?</h3>
<p class="note"><b>${worst}</b></p>
<ul class="checks">
${checks.map(checkItem)}</ul>
`;
}

function checkItem({ name, value, state, advice }: FitCheck): Markup {
  const { tone, mark, word } = LOOK[state];
  const more = advice === "" ? null : markup`<small>${sentence(advice)}</small>`;
  return markup`<li class="${tone}"><b title="${word}">${mark}</b><span>${
    sentence(name, "")
  }: ${value}${more}</span></li>
`;
}

/** With a capital letter and a full stop. */
function sentence(text: string, end = "."): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${end}`;
}
