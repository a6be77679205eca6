/** While it runs: the verdict so far, what callers feel and what the system does, on the plan's whole width from the start. */
import type { RunState } from "../../api.ts";
import { Charts } from "../charts/figures.ts";
import { callerPanels, systemPanels, timedOf } from "../charts/live_panels.ts";
import { html, type Shown } from "../html.ts";
import { type Props, words } from "../parts.ts";
import { Log } from "./log.ts";
import { Health, Objectives } from "./objectives.ts";
import { Tabs } from "./tabs.ts";

/** How far the load is; seconds. */
export function nowOf({ state: { seconds, ui } }: Pick<Props, "state">): number {
  return seconds === null || seconds.run !== ui?.run?.id ? 0 : seconds.view.elapsed_ms / 1000;
}

/** The run so far. */
export function Running(props: Props & { run: RunState }): Shown {
  const { run, state, points } = props;
  const { seconds } = state;
  if (seconds === null || seconds.run !== run.id) {
    return html`<p class="say s">Making ready: services are asked, inputs read, workers begun. <em>The load has not begun.</em></p>
      ${state.log.length === 0 ? null : html`<${Log} log=${state.log} />`}`;
  }
  const { view } = seconds;
  // Where the lines end: the second that goes on has no point yet.
  const now_s = points.at_s.at(-1) ?? 0;
  const timed = timedOf(run.plan, Math.min(view.elapsed_ms, run.plan.duration_ms));
  return html`
    <${Verdict} ...${props} />
    <div class="so-far" key=${run.id}>
      <div class="side">
        <h2>Objectives so far</h2>
        <${Objectives} view=${view} />
        <h2>june-load itself</h2>
        <${Health} view=${view} />
        <h2>Log</h2>
        <${Log} log=${state.log} />
      </div>
      <div class="main">
        <${Charts} columns=${[
          callerPanels(run.plan, points, now_s),
          systemPanels(run.plan, points, now_s),
        ]} timed=${timed} marks=${view.marks} />
        <${Tabs} ...${props} seconds=${seconds} plan=${run.plan} />
      </div>
    </div>
  `;
}

/** What the verdict would be now. */
function Verdict({ run, state }: Props & { run: RunState }): Shown {
  const { verdict } = run;
  const paused = run.paused
    ? html`
      <em>Paused: no new task starts.</em>
    `
    : null;
  const phase = ({
    stopping: "Stopping: no new task starts, calls in flight may still end.",
    reporting: "The load has ended; the report is being written.",
  } as Readonly<Record<string, string>>)[state.ui?.phase ?? ""];
  const ending = phase === undefined ? null : html`
    <em>${phase}</em>
  `;
  if (verdict === null) return html`<p class="say s">Too early for a verdict.${paused}${ending}</p>`;
  const { status, sentence, tone } = verdict;
  const [first = "", ...rest] = words(sentence, 1000).split(/(?<=[.])\s+(?=[A-Z"])/);
  return html`<p class=${`say s ${tone}`}><b>${status}</b> ${first} <em>${rest.join(" ")}</em>${paused}${ending}</p>`;
}
