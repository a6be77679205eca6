/** What every part of the page is given, and small things that several of them draw. */
import { plainText } from "../../../report/format/escape.ts";
import type { Commands } from "./state/commands.ts";
import type { Points } from "./state/points.ts";
import type { PageState } from "./state/store.ts";
import { html, type Shown } from "./html.ts";

/** What there is to show, and what the user may do. */
export interface Props {
  state: PageState;
  points: Points;
  commands: Commands;
}

/** What a control tells when it is used. */
export interface ControlEvent {
  readonly currentTarget: {
    value: string;
    checked: boolean;
    selectionStart: number;
    focus(): void;
    blur(): void;
  };
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  preventDefault(): void;
}

/** Text of strangers, on one line, without control characters. */
export function words(text: string, limit = 300): string {
  return plainText(text, limit);
}

/** A button; a disabled one is told why by `why`, which a reader hears with it. */
export function Button(
  { name, act, look = "", disabled = false, why, label, pressed }: {
    name: string;
    act: () => void;
    look?: string;
    disabled?: boolean;
    /** The id of the text that says why it is disabled. */
    why?: string;
    label?: string;
    pressed?: boolean;
  },
): Shown {
  return html`
    <button type="button" class=${`tool ${look}`} disabled=${disabled} aria-describedby=${why}
      aria-label=${label} aria-pressed=${pressed} onClick=${act}>${name}</button>
  `;
}

/** A swatch in an operation's colour. */
export function swatch(color: string): Shown {
  return color === "" ? null : html`<i class=${`swatch ${color}`} />`;
}

/** The verdict's mark. */
export function markOf(status: string): string {
  return ({ PASS: "✓", FAIL: "✕", INVALID: "?" } as Readonly<Record<string, string>>)[status] ?? "·";
}

/** The verdict's tone, as a class. */
export function toneOf(status: string | null): string {
  return ({ PASS: "pass", FAIL: "fail", INVALID: "invalid" } as Readonly<Record<string, string>>)[status ?? ""] ??
    "quiet";
}

/** An instant as people write it: `23 Nov 14:00`. */
export function instantOf(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return words(iso, 40);
  const two = (value: number) => String(value).padStart(2, "0");
  const month = at.toLocaleString("en", { month: "short" });
  return `${at.getDate()} ${month} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
