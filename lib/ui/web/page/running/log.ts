/** What happened so far, newest first. */
import { formatClock } from "../../../../plan/units.ts";
import type { LogLine } from "../../api.ts";
import { html, type Shown } from "../html.ts";
import { words } from "../parts.ts";

/** Lines beside the charts; the tab has all. */
const SHOWN = 8;

/** Mark and tone of each kind of line. */
export const LINES: Readonly<Record<LogLine["tone"], readonly [mark: string, tone: string]>> = {
  info: ["·", "quiet"],
  warn: ["!", "warn"],
  fail: ["✕", "fail"],
  steer: ["›", "quiet"],
};

/** When it was. */
export function timeOf({ at_ms }: LogLine): string {
  return at_ms === null ? "before" : formatClock(at_ms);
}

/** The newest lines. */
export function Log({ log }: { log: readonly LogLine[] }): Shown {
  if (log.length === 0) return html`<p class="note">Nothing yet.</p>`;
  return html`
    <div role="log" aria-label="Log" aria-live="polite">
      <ol class="finds log">${log.slice(-SHOWN).reverse().map((line) => {
        const [mark, tone] = LINES[line.tone];
        return html`
          <li key=${line.id}
            class=${tone}><span class="no t">${mark}</span><span class="words"><time>${timeOf(line)}</time> ${words(
              line.text,
            )}</span></li>
        `;
      })}</ol>
    </div>
  `;
}
