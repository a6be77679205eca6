/** What happened so far, newest first. */
import { formatClock } from "../../../../plan/units.ts";
import type { LogLine } from "../../api.ts";
import { html, type Shown } from "../html.ts";
import { words } from "../parts.ts";

/** Lines beside the charts, of either sort; the tab has all. */
const SHOWN = 5;

/**
 * The newest lines; those of the user's own changes and of failures stay longer than notes, which may come by the dozen.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const line = (id: number, tone: LogLine["tone"]) => ({ id, at_ms: 0, tone, text: "" });
 * const log = [line(0, "steer"), ...Array.from({ length: 20 }, (_, i) => line(i + 1, "warn"))];
 * assert.deepEqual(worthShowing(log).map(({ id }) => id), [0, 16, 17, 18, 19, 20]);
 * ```
 */
export function worthShowing(log: readonly LogLine[]): LogLine[] {
  const weighty = log.filter(({ tone }) => tone === "steer" || tone === "fail").slice(-SHOWN);
  const newest = log.slice(-SHOWN);
  return [...new Set([...weighty, ...newest])].sort((a, b) => a.id - b.id);
}

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
      <ol class="finds log">${worthShowing(log).reverse().map((line) => {
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
