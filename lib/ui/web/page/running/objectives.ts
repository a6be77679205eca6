/** The objectives so far, each with its margin, the nearest to its limit first; and june-load's own health. */
import { html, type Shown } from "../html.ts";
import { words } from "../parts.ts";
import type { HealthView, ObjectiveView } from "../../../views/detail_view.ts";
import type { SecondsView } from "../../api.ts";
import { formatBytes } from "../../../../plan/units.ts";

/** Where the limit stands in the bar, as in the report; percent. */
const LIMIT_AT = 62.5;
const WIDEST = 1.55;

/** The list of objectives. */
export function Objectives({ view }: { view: SecondsView }): Shown {
  // What cannot be told yet is of no help now.
  const objectives = view.objectives.toSorted((a, b) => Number(a.tone === "quiet") - Number(b.tone === "quiet"));
  if (objectives.length === 0) {
    return html`<p class="note">The plan holds the run to nothing: no verdict on the service.</p>`;
  }
  return html`<ul class="slim">${objectives.map((one) => html`<${Objective} key=${one.source} one=${one} />`)}</ul>`;
}

function Objective({ one }: { one: ObjectiveView }): Shown {
  const { tone, mark, word, source, observed, used, sure } = one;
  return html`<li class=${tone} title=${source}><b class="t" title=${word}>${mark}</b>
    <span class="what">${words(one.words, 160)}</span><span class=${tone === "fail" ? "n over" : "n"}>${
    observed === "" ? sure : observed
  }</span>
    <${Margin} one=${one} />${
    used !== null && used > 1 ? html`<small>${words(one.sure_more || sure, 80)}</small>` : null
  }</li>`;
}

/** Grey where nobody knows the answer. The dot is what was observed, the thin line its interval, the thick one the room to the limit or the excess over it. */
function Margin({ one: { mark, used, used_interval: ends, source } }: { one: ObjectiveView }): Shown {
  const at = (share: number) => `${(LIMIT_AT * Math.max(0.02, Math.min(WIDEST, share))).toFixed(1)}%`;
  const label = used === null ? "no value yet" : `${Math.round(100 * used)} % of the limit in ${words(source, 120)}`;
  return html`<svg class=${`margin ${mark === "?" ? "quiet" : ""}`} role="img" aria-label=${label}>
    <line class="scale" x1="0" x2="100%" y1="8" y2="8" />
    ${used === null ? null : html`<line class="room" x1=${at(used)} x2=${`${LIMIT_AT}%`} y1="8" y2="8" />`}
    ${ends === null ? null : html`<line class="range" x1=${at(ends[0])} x2=${at(ends[1])} y1="8" y2="8" />`}
    <line class="limit" x1=${`${LIMIT_AT}%`} x2=${`${LIMIT_AT}%`} y1="1" y2="15" />
    ${used === null ? null : html`<circle cx=${at(used)} cy="8" r="4" />`}</svg>`;
}

const LOOK: Readonly<Record<HealthView["state"], readonly [mark: string, tone: string]>> = {
  ok: ["✓", "pass"],
  unknown: ["?", "quiet"],
  warn: ["!", "warn"],
  invalid: ["✕", "fail"],
};

/** Whether june-load itself keeps up: what does not is said in words. */
export function Health({ view }: { view: SecondsView }): Shown {
  const checks = view.health;
  const bad = checks.filter(({ state }) => state === "invalid" || state === "warn");
  const { cpu_percent, memory_bytes } = view.own ?? { cpu_percent: null, memory_bytes: null };
  const own = [
    cpu_percent === null ? "" : `${Math.round(cpu_percent)} % of a core`,
    memory_bytes === null ? "" : formatBytes(memory_bytes),
  ].filter((text) => text !== "").join(", ");
  const well = checks.length === 0 ? "Nothing to tell yet" : "Keeps up";
  return html`<ul class="checks">
    ${
    bad.map(({ name, value, state, advice }) =>
      html`<li class=${LOOK[state][1]}><b>${LOOK[state][0]}</b><span title=${words(advice)}>${sentence(name)}: ${
        words(value)
      }${state === "invalid" ? html`<small>${sentence(advice)}</small>` : null}</span></li>`
    )
  }
    ${
    bad.length > 0
      ? null
      : html`<li class=${checks.length === 0 ? "quiet" : "pass"}><b>${
        checks.length === 0 ? "·" : "✓"
      }</b><span>${well}</span></li>`
  }
    ${own === "" ? null : html`<li class="quiet"><b>·</b><span>${own}</span></li>`}</ul>`;
}

/** With a capital letter. */
function sentence(text: string): string {
  return words(text.charAt(0).toUpperCase() + text.slice(1));
}
