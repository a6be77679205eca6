/** The bar on top: where one is, what can be done now, and why something cannot. */
import { formatClock } from "../../../plan/units.ts";
import { switchTheme } from "../../../report/html/page/theme.ts";
import type { ReportView, RunState } from "../api.ts";
import { Files } from "./after/runs.ts";
import { hindrance } from "./before/before.ts";
import { goToLine, problemsOf, textOf } from "./before/editor.ts";
import { recolorCharts } from "./charts/figures.ts";
import { html, type Shown } from "./html.ts";
import { Button, type ControlEvent, instantOf, markOf, type Props, toneOf, words } from "./parts.ts";
import { Controls } from "./running/controls.ts";
import { Progress } from "./running/progress.ts";
import { nowOf } from "./running/running.ts";
import { type Place, writePlace } from "./state/place.ts";
import type { PageState } from "./state/store.ts";

/** What the bar is for. */
export type BarKind = "form" | "run" | "done" | "other";

/** The bar. */
export function Bar(props: Props & { kind: BarKind }): Shown {
  const { kind, state } = props;
  const run = state.ui?.run ?? null;
  const look = kind === "done" ? toneOf(run?.verdict?.status ?? null) : "";
  return html`
    <header class=${`bar live at-${kind} ${look}`}>
      <div>${kind === "form"
        ? html`<${Form} ...${props} />`
        : kind === "run" && run !== null
        ? html`<${Run} ...${props} run=${run} />`
        : kind === "done" && run !== null
        ? html`<${Ended} ...${props} run=${run} />`
        : html`<${Other} ...${props} />`}<${Theme} ...${props} /></div>
      <${Notice} state=${state} />
    </header>
  `;
}

/** Light or dark; drawn again, for a report in place follows. */
function Theme({ commands }: Props): Shown {
  const act = () => {
    switchTheme();
    recolorCharts();
    commands.show({});
  };
  return html`<${Button} name="Light / dark" look="theme" act=${act} />`;
}

/** What came of the last command, and that the connection is lost: always in the same place, over what follows. */
function Notice({ state: { ui, link, said } }: { state: PageState }): Shown {
  const runs = ui?.phase === "running" || ui?.phase === "stopping";
  const lost = `Connection lost, trying again every second. ${
    runs ? "The run goes on without this page; " : ""
  }nothing shown here is newer than that.`;
  const told = link === "lost" ? { tone: "fail" as const, text: lost } : said;
  return html`<div class="notice" role="status">${
    told === null
      ? null
      : html`<p class=${told.tone}><b>${told.tone === "pass" ? "✓" : "✕"}</b> ${words(told.text, 400)}</p>`
  }</div>`;
}

function Form(props: Props): Shown {
  const { state: { ui, draft }, commands } = props;
  const why = hindrance(props);
  const entry = ui?.scenarios.find(({ id }) => id === draft?.scenario);
  const changed = (draft?.yaml ?? null) === null ? "" : ", changed here, not saved";
  const line = problemsOf(props).find((one) => one.line !== null);
  const reason = html`<span class=${problemsOf(props).length > 0 ? "over" : "q"} id="why">${why ?? ""}</span>`;
  const place = line?.line ?? null;
  return html`
    <h1 class="q">june-load</h1>
    <label><span class="skip">Scenario</span><select class="pick-one" id="scenario" value=${draft?.scenario ?? ""}
          onChange=${(event: ControlEvent) => commands.choose(event.currentTarget.value)}>${(ui?.scenarios ?? []).map((
            { id, name },
          ) =>
            html`<option value=${id} selected=${id === draft?.scenario}>${words(name, 60)}</option>`
          )}</select></label>
    <span class="source" title=${words(entry?.description ?? "", 300)}>${words(
      entry?.source ?? "",
      120,
    )}${changed}</span>
    <span class="ctl">${place === null
      ? reason
      : html`<button type="button" class="link" onClick=${() =>
        goToLine(textOf(props), place, line?.column ?? 1)}>${reason}</button>`}
        ${ui?.phase === "done" ? html`<a class="tool" href=${writePlace({ tag: "now" })}>Last report</a>` : null}
        <a class="tool opt" href=${writePlace({ tag: "runs" })}>Runs</a>
        <${Button} name="Dry run" disabled=${why !== null ||
          props.state.checking} why="why" label="Dry run: ask the targets, send no load"
          act=${() => void commands.check()} />
        <${Button} name="Start" look="strong" disabled=${why !== null} why="why" act=${() =>
          void commands.start()} /></span>
  `;
}

function Run(props: Props & { run: RunState }): Shown {
  const { run, state } = props;
  const now_s = nowOf(props);
  const phase = state.ui?.phase;
  const word = run.paused ? "paused" : phase === "running" ? "" : phase ?? "";
  return html`
    <div class="id"><h1><i class=${`dot ${run.paused ? "warn" : "now"}`} />${words(run.scenario, 60)}</h1>
        <span class="q">${formatClock(now_s * 1000)} of ${formatClock(run.plan.duration_ms)}${word === ""
          ? ""
          : `, ${word}`}</span></div>
    <${Progress} plan=${run.plan} now_s=${now_s} />
    <${Controls} ...${props} now_s=${now_s} />
  `;
}

function Ended(props: Props & { run: RunState }): Shown {
  const { run, state, commands } = props;
  const { verdict, report, exit_code } = run;
  const facts = [
    instantOf(run.started_at),
    exit_code === null ? "" : `exit ${exit_code}`,
    run.steered.length > 0 ? "steered" : "",
  ].filter((text) => text !== "").join(", ");
  const again = html`
    <${Link} name="Edit the plan" place=${{ tag: "plan" }} />
    <${Button} name="Run again" look="strong" disabled=${hindrance(props) !== null} why="again" act=${() =>
      void commands.start()} />
    <span class="skip" id="again">${hindrance(props) ?? ""}</span>
  `;
  return html`
    <div
      class="id"><span class="word">${markOf(verdict?.status ?? "")} ${verdict?.status ?? "Ended"}</span><h1>${words(
        run.scenario,
        60,
      )}</h1><span class="q opt">${facts}</span></div>
    <span class="ctl"><${Download} report=${report} /><${Link} name="Runs" place=${{ tag: "runs" }} />
        ${state.ui?.mode === "choose" ? again : null}</span>
  `;
}

/** Over an earlier report, a comparison, or the list of runs. */
function Other({ state }: Props): Shown {
  const { ui, place, history } = state;
  const busy = (ui?.run ?? null) !== null && ui?.phase !== "done" && ui?.phase !== "before";
  const run = place.tag === "report" ? history?.find(({ id }) => id === place.id) : undefined;
  const title = {
    compare: "Comparison",
    runs: "Runs",
    report: words(run?.scenario ?? "Report", 60),
    now: "",
    plan: "",
  };
  const back = busy ? "Back to the run" : ui?.phase === "done" ? "Last report" : "Back to the plan";
  const again = ui?.phase === "done" && ui.mode === "choose";
  return html`
    <div class="id"><h1>${title[place.tag]}</h1><span class="q">${run === undefined
      ? ""
      : instantOf(run.started_at)}</span></div>
    <span class="ctl"><${Download} report=${run?.report ?? null} />
        ${place.tag === "runs" ? null : html`<${Link} name="Runs" place=${{ tag: "runs" }} />`}
        ${again ? html`<${Link} name="Edit the plan" place=${{ tag: "plan" }} />` : null}
        <${Link} name=${back} place=${{ tag: "now" }} look=${busy ? "strong" : ""} /></span>
  `;
}

function Link({ name, place, look = "" }: { name: string; place: Place; look?: string }): Shown {
  return html`<a class=${`tool ${look}`} href=${writePlace(place)}>${name}</a>`;
}

/** Every form of a report, behind a button. */
function Download({ report }: { report: ReportView | null }): Shown {
  if (report === null) return null;
  return html`
    <details class="menu" id="downloads">
      <summary class="tool">Download</summary>
      <div>
        <${Files} report=${report} />
      </div>
    </details>
  `;
}
