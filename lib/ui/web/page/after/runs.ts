/** The runs in the output folder: each opens in place, two of them are compared. */
import { formatCount, formatDuration, NO_VALUE } from "../../../../plan/units.ts";
import type { HistoryEntry } from "../../api.ts";
import { html, type Shown } from "../html.ts";
import { Button, instantOf, markOf, type Props, toneOf, words } from "../parts.ts";
import { writePlace } from "../state/place.ts";

/** Runs shown below the form. */
const SHOWN = 12;

/** The newest runs, or all of them. */
export function Runs(props: Props & { all: boolean }): Shown {
  const { state: { history, compared }, commands, all } = props;
  const runs = history ?? [];
  const shown = all ? runs : runs.slice(0, SHOWN);
  const pair = shown.length > 0 && compared.length === 2;
  // The older one is what the newer one is held against.
  const [base, next] = runs.filter(({ id }) => compared.includes(id)).map(({ id }) => id).reverse();
  return html`<section class="runs" aria-label="Earlier runs">
    <div class="head"><h2>${all ? "Runs" : "Earlier runs"}</h2>${
    runs.length < 2 ? null : html`
      <${Button} name=${pair ? "Compare these two" : `Compare: choose ${compared.length === 1 ? "one more" : "two"}`}
        look=${pair ? "strong" : ""} disabled=${!pair} act=${() =>
          base !== undefined && next !== undefined ? commands.go({ tag: "compare", base, next }) : undefined} />
    `
  }</div>
    ${history === null ? html`<p class="note">Reading the output folder …</p>` : null}
    ${history !== null && runs.length === 0 ? html`<p class="note">No runs yet.</p>` : null}
    ${
    shown.length === 0 ? null : html`
      <table class="ops">
        <thead>
          <tr>
            <th scope="col"><span class="skip">Compare</span></th>
            <th scope="col" class="left">Run</th>
            <th scope="col" class="left">Verdict</th>
            <th scope="col" class="left">In a sentence</th>
            <th scope="col">Length</th>
            <th scope="col">Calls</th>
            <th scope="col" class="left">Files</th>
          </tr>
        </thead>
        <tbody>${shown.map((run) => html`<${Row} key=${run.id} run=${run} ...${props} />`)}</tbody>
      </table>
    `
  }
    ${
    runs.length > shown.length
      ? html`<p class="note"><a href=${writePlace({ tag: "runs" })}>All ${formatCount(runs.length)} runs</a></p>`
      : null
  }
  </section>`;
}

function Row({ run, state: { compared }, commands }: Props & { run: HistoryEntry }): Shown {
  const { id, scenario, started_at, status, sentence, duration_ms, calls, report } = run;
  const when = instantOf(started_at);
  const name = `${words(scenario, 60)}, ${when}`;
  return html`
    <tr>
      <td class="pick"><label><input type="checkbox" checked=${compared.includes(
        id,
      )} aria-label=${`Choose ${name} to compare`}
          onChange=${() => commands.compare(id)} /></label></td>
      <th scope="row" class="left">${(report?.html ?? null) === null
        ? when
        : html`<a href=${writePlace({ tag: "report", id })}>${when}</a>`} <span class="q">${words(
          scenario,
          60,
        )}</span></th>
      <td class=${`left ${toneOf(status)}`} data-l="Verdict"><b class="t">${status === null
        ? "· not judged"
        : `${markOf(status)} ${words(status, 20)}`}</b></td>
      <td class="wrap" data-l="In a sentence">${words(sentence, 160)}</td>
      <td data-l="Length">${duration_ms === null ? NO_VALUE : formatDuration(duration_ms * 1000)}</td>
      <td data-l="Calls">${calls === null ? NO_VALUE : formatCount(calls)}</td>
      <td class="left" data-l="Files">${report === null ? NO_VALUE : html`
        <details class="menu">
          <summary class="tool" aria-label=${`Files of ${name}`}>Download</summary>
          <div>
            <${Files} report=${report} />
          </div>
        </details>
      `}</td>
    </tr>
  `;
}

/** Links to every form of a report. */
export function Files({ report }: { report: NonNullable<HistoryEntry["report"]> }): Shown {
  return html`<ul class="files">${
    report.forms.map(({ name, file, href }) =>
      html`<li key=${href}><a href=${href} download=${file}>${words(name, 60)}</a>${
        name === file ? null : html`<span class="q">${words(file, 80)}</span>`
      }</li>`
    )
  }</ul>`;
}
