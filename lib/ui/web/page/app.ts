/** The page: before, running, done; or an earlier report, a comparison, all runs. */
import { Comparison, Done, Earlier } from "./after/done.ts";
import { Runs } from "./after/runs.ts";
import { Bar, type BarKind } from "./bar.ts";
import { Before } from "./before/before.ts";
import { html, type Shown } from "./html.ts";
import type { Props } from "./parts.ts";
import { Running } from "./running/running.ts";
import type { PageState } from "./state/store.ts";

/** What the bar is for, at the place where the user is. */
export function kindOf({ ui, place }: Pick<PageState, "ui" | "place">): BarKind {
  if (place.tag === "report" || place.tag === "compare" || place.tag === "runs") return "other";
  const { phase = "before", run = null } = ui ?? {};
  if (phase === "before" || run === null) return "form";
  if (phase !== "done") return "run";
  return place.tag === "plan" && ui?.mode === "choose" ? "form" : "done";
}

/** All of it. */
export function App(props: Props): Shown {
  const { state } = props;
  const kind = kindOf(state);
  const framed = kind === "done" && (state.ui?.run?.report?.html ?? null) !== null ||
    state.place.tag === "report" || state.place.tag === "compare";
  return html`<a class="skip" href="#main" onClick=${skip}>To the figures</a><${Bar} ...${props} kind=${kind} />
    <main id="main" tabindex="-1" class=${framed ? "framed" : ""} aria-busy=${state.ui === null}>${
    content(props, kind)
  }${
    framed
      ? null
      : html`<footer>${
        state.ui?.mode === "choose" && kind === "run" ? "The run goes on when this page closes · " : ""
      }${state.ui?.tool ?? "june-load"} · ${
        state.link === "open" ? "in step with june-load" : state.link === "lost" ? "not connected" : "connecting"
      }</footer>`
  }</main>`;
}

/** The address behind `#` is the page's own place. */
function skip(event: { preventDefault(): void }): void {
  event.preventDefault();
  (globalThis as unknown as { document: { getElementById(id: string): { focus(): void } | null } }).document
    .getElementById("main")?.focus();
}

function content(props: Props, kind: BarKind): Shown {
  const { state } = props;
  const { place, ui } = state;
  if (ui === null) {
    return html`<p class="say s">${state.link === "lost" ? "june-load does not answer." : "One moment."}</p>`;
  }
  if (place.tag === "report") return html`<${Earlier} ...${props} id=${place.id} />`;
  if (place.tag === "compare") return html`<${Comparison} base=${place.base} next=${place.next} />`;
  if (place.tag === "runs") return html`<${Runs} ...${props} all=${true} />`;
  if (kind === "form" || ui.run === null) {
    return html`
      <${Before} ...${props} />
      <${Runs} ...${props} all=${false} />
    `;
  }
  return kind === "run" ? html`<${Running} ...${props} run=${ui.run} />` : html`<${Done} ...${props} run=${ui.run} />`;
}
