/** How far the load is: its stages beside each other, that which runs now named with what is left of it. */
import { formatClock } from "../../../../plan/units.ts";
import type { PlanView } from "../../api.ts";
import { html, type Shown } from "../html.ts";
import { words } from "../parts.ts";

/** The stages of the longest load, filled up to now. */
export function Progress({ plan, now_s }: { plan: PlanView; now_s: number }): Shown {
  const span_s = Math.max(1, plan.duration_ms / 1000);
  const stages = plan.stages.filter(({ load }) => load === longest(plan));
  const shown = stages.length > 0 ? stages : [{ name: "load", load: 0, from_s: 0, to_s: span_s, warm_up: false }];
  const at = shown.findIndex(({ from_s, to_s }) => now_s >= from_s && now_s < to_s);
  const now = shown[at];
  const next = shown[at + 1];
  const left = now === undefined ? "" : formatClock(Math.max(0, now.to_s - now_s) * 1000);
  const told = now === undefined ? "all stages are over" : `${words(now.name, 40)}, ${left} left`;
  return html`
    <div class="prog">
      <p><b>${told}</b>${now === undefined || next === undefined ? null : html`
        <span>then ${words(next.name, 40)}</span>
      `}</p>
      <div class="parts" aria-hidden="true">${shown.map(({ name, from_s, to_s }, i) => {
        const done = Math.min(1, Math.max(0, (now_s - from_s) / Math.max(0.001, to_s - from_s)));
        return html`<i class=${i === at ? "on" : ""} style=${{
          flexGrow: String((to_s - from_s) / span_s),
        }} key=${i} title=${name}>
      <i style=${{ width: `${(100 * done).toFixed(2)}%` }} /></i>`;
      })}</div>
    </div>
  `;
}

function longest({ stages }: PlanView): number {
  return stages.reduce((best, one) => one.to_s > best.to_s ? one : best, { load: 0, to_s: 0 }).load;
}
