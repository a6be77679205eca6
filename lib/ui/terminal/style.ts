/** Styled text, and the colours of a terminal. */
import { cleanText, cutText, textWidth } from "./text.ts";

/** Meaning of a piece of text; it selects the colour. Colour is never the only sign of a meaning. */
export type Tone = "plain" | "dim" | "pass" | "fail" | "warn" | "accent" | "gpu";

/** A piece of a line: safe text with one tone. */
export interface Span {
  readonly text: string;
  readonly tone: Tone;
  readonly strong: boolean;
}

/** One line of the screen. */
export type Line = readonly Span[];

/** Makes a span from any string and removes everything that could control the terminal. */
export function span(text: string, tone: Tone = "plain", strong = false): Span {
  return { text: cleanText(text), tone, strong };
}

/** Makes a span from june-load's own text and keeps its spaces. Never use it for text from outside. */
export function signs(text: string, tone: Tone): Span {
  return { text, tone, strong: false };
}

/** A span of spaces. */
export function gap(columns: number): Span {
  return { text: " ".repeat(Math.max(0, columns)), tone: "plain", strong: false };
}

/** A span, cut or padded to exactly `columns`. */
export function fit(piece: Span, columns: number, align: "left" | "right"): Line {
  const text = cutText(piece.text, columns);
  const fill = gap(columns - textWidth(text));
  const cut = { ...piece, text };
  return align === "left" ? [cut, fill] : [fill, cut];
}

/** Width of a line; columns. */
export function lineWidth(line: Line): number {
  return line.reduce((width, { text }) => width + textWidth(text), 0);
}

/** A line cut to `columns`. */
export function cutLine(line: Line, columns: number): Line {
  if (lineWidth(line) <= columns) return line;
  const kept: Span[] = [];
  let left = columns;
  for (const piece of line) {
    const width = textWidth(piece.text);
    kept.push(width <= left ? piece : { ...piece, text: cutText(piece.text, left) });
    left -= width;
    if (left <= 0) break;
  }
  return kept;
}

/** Joins parts of a line with gaps. */
export function joinParts(parts: readonly Line[], columns: number): Line {
  return parts.filter((part) => part.length > 0).flatMap((part, i) => i === 0 ? [...part] : [gap(columns), ...part]);
}

/** Colours a terminal can show. */
export type ColorDepth = "none" | "16" | "256" | "truecolor";

/** Everything that decides about colour. */
export interface ColorSetting {
  isTerminal: boolean;
  env(name: string): string | undefined;
  /** Default: `Deno.build.os`. */
  os?: string;
}

/**
 * The colours to use. FORCE_COLOR (0 to 3, or empty) has precedence because it is the most explicit; then NO_COLOR
 * (no-color.org); then whether the output is a terminal other than `dumb`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const env = (values: Record<string, string>) => (name: string) => values[name];
 * assert.equal(colorDepth({ isTerminal: true, env: env({ TERM: "xterm-256color" }), os: "linux" }), "256");
 * assert.equal(colorDepth({ isTerminal: true, env: env({ TERM: "xterm", NO_COLOR: "1" }), os: "linux" }), "none");
 * ```
 */
export function colorDepth(setting: ColorSetting): ColorDepth {
  const forced = setting.env("FORCE_COLOR");
  if (forced === "0" || forced === "false") return "none";
  if (forced === "1") return "16";
  if (forced === "2") return "256";
  if (forced === "3") return "truecolor";
  const term = setting.env("TERM") ?? "";
  if (forced === undefined) {
    if ((setting.env("NO_COLOR") ?? "") !== "" || !setting.isTerminal || term === "dumb") return "none";
  }
  if (/^(truecolor|24bit)$/i.test(setting.env("COLORTERM") ?? "")) return "truecolor";
  const windows = (setting.os ?? Deno.build.os) === "windows";
  return windows || /-256(color)?$|-direct$/.test(term) ? "256" : "16";
}

type Palette = Readonly<Record<Tone, string>>;

/** Colours with a contrast of about 4:1 or more on both black and white, because the background is unknown. */
const PALETTES: Readonly<Record<Exclude<ColorDepth, "none">, Palette>> = {
  truecolor: {
    plain: "",
    dim: "38;2;128;138;148",
    pass: "38;2;0;150;94",
    fail: "38;2;217;84;30",
    warn: "38;2;178;122;0",
    accent: "38;2;43;138;214",
    gpu: "38;2;165;102;204",
  },
  "256": {
    plain: "",
    dim: "38;5;245",
    pass: "38;5;35",
    fail: "38;5;166",
    warn: "38;5;136",
    accent: "38;5;32",
    gpu: "38;5;134",
  },
  "16": { plain: "", dim: "2", pass: "32", fail: "31", warn: "33", accent: "36", gpu: "35" },
};

/**
 * A line as characters for the terminal, without trailing spaces.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const line = [span("PASS", "pass", true), gap(1), span("all rules hold")];
 * assert.equal(paint(line, "none"), "PASS all rules hold");
 * assert.equal(paint(line, "16"), "\u001b[1;32mPASS\u001b[0m all rules hold");
 * ```
 */
export function paint(line: Line, depth: ColorDepth): string {
  const plain = line.map(({ text }) => text).join("");
  if (depth === "none") return plain.trimEnd();
  let left = plain.trimEnd().length;
  let painted = "";
  for (const { text, tone, strong } of line) {
    const shown = text.slice(0, Math.max(0, left));
    left -= text.length;
    const codes = [strong ? "1" : "", PALETTES[depth][tone]].filter((code) => code !== "").join(";");
    painted += codes === "" || shown.trim() === "" ? shown : `\x1b[${codes}m${shown}\x1b[0m`;
  }
  return painted;
}
