/** The scenario's text: a field to type into over the same text in colours, with each fault at its line. */
import { html, type Shown } from "../html.ts";
import { Button, type ControlEvent, type Props, words } from "../parts.ts";
import type { PlanProblem } from "../../api.ts";
import { browser, byId } from "../../../../report/html/page/browser.ts";
import { corrected, faultsByLine, markedPieces, offsetOf, type Piece, piecesOf } from "./yaml_text.ts";

/** Faults that are listed; a broken file has thousands. */
const MAX_LISTED = 12;

/** The text as it is now: edited, or the file's. */
export function textOf({ state: { ui, draft } }: Pick<Props, "state">): string {
  return draft?.yaml ?? ui?.scenarios.find(({ id }) => id === draft?.scenario)?.yaml ?? "";
}

/** The faults of the draft. */
export function problemsOf({ state: { plan } }: Pick<Props, "state">): readonly PlanProblem[] {
  return plan !== null && "problems" in plan ? plan.problems : [];
}

/** The text with its faults. */
export function Editor(props: Props): Shown {
  const text = textOf(props);
  const problems = problemsOf(props);
  const faults = faultsByLine(problems);
  const lines = text.split("\n");
  return html`
    <div class="yaml" id="yaml">
      <pre class="gutter" aria-hidden="true">${lines.map((_, i) =>
        html`<span class=${faults.has(i + 1) ? "fail bad" : ""}>${faults.has(i + 1) ? "✕ " : ""}${i + 1}</span>`
      )}</pre>
      <div class="page">
        <pre class="shown" aria-hidden="true">${lines.map((line, i) =>
          html`<${Line} line=${line} fault=${faults.get(i + 1)} />`
        )}</pre>
        <textarea id="text" aria-label="The scenario as YAML" aria-describedby="faults" aria-invalid=${problems.length >
          0}
          spellcheck=${false} autocomplete="off" autocapitalize="off" wrap="off" value=${text}
          onInput=${(event: ControlEvent) => props.commands.edit(event.currentTarget.value)} />
      </div>
    </div>
  `;
}

function Line({ line, fault }: { line: string; fault: PlanProblem | undefined }): Shown {
  const pieces = fault === undefined ? piecesOf(line) : markedPieces(line, columnOf(line, fault));
  const shown = pieces.map(({ text, look }: Piece) =>
    look === "" ? text : look === "bad" ? html`<u>${text}</u>` : html`<span class=${look}>${text}</span>`
  );
  if (fault === undefined) return html`<span>${shown}</span>`;
  return html`<span class="fail bad">${shown}<i class="told">${words(fault.message, 120)}</i></span>`;
}

/** Where the wrong word begins: a fault may be placed at the value that holds it. */
function columnOf(line: string, { column, fix }: PlanProblem): number {
  const found = fix === undefined ? -1 : line.indexOf(fix.old, (column ?? 1) - 1);
  return found < 0 ? column ?? 1 : found + 1;
}

/** The faults in a list: a click leads to the line, and corrects it where the correction is known. */
export function Faults(props: Props): Shown {
  const problems = problemsOf(props);
  const { plan } = props.state;
  const warnings = plan !== null && "warnings" in plan ? plan.warnings : [];
  const rest = problems.length - MAX_LISTED;
  return html`<ul class="faults" id="faults" aria-live="polite">
    ${problems.slice(0, MAX_LISTED).map((problem) => html`<${Fault} ...${props} problem=${problem} />`)}
    ${rest > 0 ? html`<li class="fail"><b>✕</b><span>and ${rest} more</span></li>` : null}
    ${warnings.map((text) => html`<li class="warn"><b>!</b><span>${words(text)}</span></li>`)}
  </ul>`;
}

function Fault(props: Props & { problem: PlanProblem }): Shown {
  const { problem, commands } = props;
  const { line, column, path, message, fix } = problem;
  const better = fix === undefined || line === null ? null : corrected(textOf(props), line, column ?? 1, fix);
  const where = line === null ? path : `line ${line}`;
  return html`<li class="fail"><b>✕</b><span>
    ${
    line === null
      ? html`<span class="q">${where}</span>`
      : html`<button type="button" class="link" onClick=${() =>
        goToLine(textOf(props), line, column ?? 1)}>${where}</button>`
  } ${words(message)} ${
    better === null || fix === undefined
      ? null
      : html`<${Button} name=${`Write “${words(fix.new, 40)}”`} act=${() => commands.edit(better)} />`
  }</span></li>`;
}

/** Puts the caret where a fault is, and brings it into sight. */
export function goToLine(text: string, line: number, column: number): void {
  const field = byId("text") as unknown as {
    focus(): void;
    setSelectionRange(from: number, to: number): void;
  } | null;
  const at = offsetOf(text, line, column);
  field?.focus();
  field?.setSelectionRange(at, at);
  const row = [...browser.document.querySelectorAll("#yaml .shown > span")][line - 1];
  row?.scrollIntoView({ block: "center" });
}
