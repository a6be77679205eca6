/** After a run: its report in place, its files, and the runs before it. */
import type { RunState } from "../../api.ts";
import { html, type Shown } from "../html.ts";
import { type Props, words } from "../parts.ts";
import { Files, Runs } from "./runs.ts";
import { Viewer } from "./viewer.ts";

/** The report of the run that has just ended. */
export function Done(props: Props & { run: RunState }): Shown {
  const { run } = props;
  const address = run.report?.html ?? null;
  if (address !== null) {
    return html`<${Viewer} key=${run.id} address=${address} title=${`Report of ${words(run.scenario, 60)}`} />`;
  }
  return html`<div class="main-part"><p class=${`say ${run.verdict?.tone ?? ""}`}><b>${run.verdict?.status ?? ""}</b> ${
    words(run.verdict?.sentence ?? "The run has ended.", 1000)
  } <em>The plan asks for no page.</em></p>
    ${
    run.report === null ? null : html`
      <h2>Files</h2>
      <${Files} report=${run.report} />
    `
  }
    <${Runs} ...${props} all=${false} /></div>`;
}

/** The report of an earlier run, by its id. */
export function Earlier({ state: { history }, id }: Props & { id: string }): Shown {
  const run = history?.find((one) => one.id === id);
  const address = run?.report?.html ?? null;
  if (history === null) return html`<p class="say s">Reading the output folder …</p>`;
  if (address === null) {
    return html`<p class="say s">This run has no page. <em>It is not in the output folder, or it goes on still.</em></p>`;
  }
  return html`<${Viewer} key=${id} address=${address} title=${`Report of ${words(run?.scenario ?? "", 60)}`} />`;
}

/** Two runs beside each other. */
export function Comparison({ base, next }: { base: string; next: string }): Shown {
  const address = `/compare?base=${encodeURIComponent(base)}&new=${encodeURIComponent(next)}`;
  return html`<${Viewer} key=${address} address=${address} title="Comparison of two runs" />`;
}
