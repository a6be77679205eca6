/** Before a run: which scenario, what it will do, to whom, and what keeps it from starting. */
import type { PlanView, ServiceCheckView } from "../../api.ts";
import { colorsFor, GREY } from "../../../../report/charts/palette.ts";
import { formatDuration, formatPercent, formatRound } from "../../../../plan/units.ts";
import { Charts } from "../charts/figures.ts";
import { operationsOf } from "../charts/live_panels.ts";
import { html, type Shown } from "../html.ts";
import { Button, type Props, swatch, words } from "../parts.ts";
import { faultsOf, isTouched } from "../state/draft.ts";
import { Editor, Faults, problemsOf, textOf } from "./editor.ts";
import { addressOf } from "./yaml_text.ts";
import { FieldRow, Targets } from "./fields.ts";
import { peakText, plannedTime, planPanels } from "./plan_chart.ts";

/** The plan of the draft; while it makes none, the last one that it made. */
export function drawnPlan({ state: { drawn } }: Pick<Props, "state">): PlanView | null {
  return drawn;
}

/** Why the load cannot start now; null where it can. */
export function hindrance(props: Pick<Props, "state">): string | null {
  const { ui, draft, plan, planning, link, busy } = props.state;
  if (link === "lost") return "june-load does not answer";
  if (ui === null || draft === null) return "no scenario yet";
  if (ui.phase !== "before" && ui.phase !== "done") return "a run is under way";
  const fields = Object.keys(faultsOf(draft)).length;
  if (fields > 0) return fields === 1 ? "a field cannot be read" : `${fields} fields cannot be read`;
  const problems = problemsOf(props);
  if (problems.length > 0) return mistakes(problems.length, problems.find(({ line }) => line !== null)?.line ?? null);
  if (planning || plan === null || busy) return "one moment: the plan is being read";
  return null;
}

function mistakes(count: number, line: number | null): string {
  const where = line === null ? "" : count === 1 ? `, in line ${line}` : `, the first in line ${line}`;
  return `${count} mistake${count === 1 ? "" : "s"}${where}`;
}

/** The form. */
export function Before(props: Props): Shown {
  const { state, commands } = props;
  const plan = drawnPlan(props);
  const { draft, ui } = state;
  if (ui?.mode === "watch") return html`<p class="say">Waiting for the run that was begun elsewhere.</p>`;
  return html`
    <${Say} ...${props} />
        ${ui?.failure
          ? html`<div class="banner" role="alert"><b>The last start did not come to a run.</b>${
            ui.failure.split("\n").map((line) => html`<div>${words(line, 600)}</div>`)
          }</div>`
          : null}
        <div class="pre">
      <div class=${problemsOf(props).length > 0 ? "stale" : ""}>
            <h2>Load</h2>
            <${FieldRow} ...${props} />
            ${plan === null ? html`<div class="no-plan" />` : html`
              <${Charts} key=${planKey(plan)} columns=${[planPanels(plan)]} timed=${plannedTime(plan)} />
              <${Mix} plan=${plan} />
            `}
            <div class="head"><h2>Targets</h2><${Button} name=${state.checking
              ? "Asking them …"
              : "Check"} disabled=${state.checking || hindrance(props) !== null}
              label="Check the targets; no load is sent" act=${() => void commands.check()} /></div>
            <${TargetTable} ...${props} plan=${plan} />
            <${Targets} ...${props} />
            ${plan === null ? null : html`<${Rules} plan=${plan} />`}
          </div>
      <div>
        <div class="head">
          <h2>Plan</h2>
          <${Button} name="Undo changes" disabled=${draft === null || !isTouched(draft)} act=${() => commands.undo()} />
          <a class="tool" download=${`${words(nameOf(props), 60)}.yaml`} href=${addressOf(textOf(props))}>Save as</a>
        </div>
        <${Editor} ...${props} />
        <${Faults} ...${props} />
      </div>
    </div>
  `;
}

/** A chart of other loads has other lines. */
const planKey = ({ loads }: PlanView) => loads.map(({ name, kind }) => `${kind} ${name}`).join("\t");

const nameOf = ({ state: { ui, draft } }: Pick<Props, "state">) =>
  ui?.scenarios.find(({ id }) => id === draft?.scenario)?.name ?? "scenario";

/** What will happen, in one sentence; in grey what keeps it from happening. */
function Say(props: Props): Shown {
  const plan = drawnPlan(props);
  const why = hindrance(props);
  const description = props.state.ui?.scenarios.find(({ id }) => id === props.state.draft?.scenario)?.description ?? "";
  const told = plan === null || problemsOf(props).length > 0
    ? `${words(description, 200)}.`
    : planWords(plan, props.state.draft?.simulator === true);
  const more = why === null ? targetWords(props) : `It can start when this is settled: ${why}.`;
  return html`<p class="say s">${told} <em>${more}</em></p>`;
}

function planWords(plan: PlanView, simulator: boolean): string {
  const kinds = (["closed", "open"] as const).filter((one) => plan.loads.some(({ kind }) => kind === one));
  const load = kinds.map((kind) => peakText(plan, kind).replace(" at the top", kind === "open" ? " arrivals" : ""))
    .join(" and ");
  const { length } = plan.services;
  const whom = simulator
    ? "the built-in simulator"
    : length === 1
    ? words(plan.services[0]?.name ?? "", 60)
    : `${length} services`;
  return `Up to ${load} for ${formatRound(formatDuration(plan.duration_ms * 1000))} to ${whom}.`;
}

function targetWords({ state: { checks, draft } }: Props): string {
  if (draft?.simulator === true) return "Nothing leaves this machine.";
  if (checks === null || !("services" in checks)) {
    return "The targets are asked before the load begins; Check asks them now.";
  }
  const well = checks.services.filter(isWell).length;
  const all = checks.services.length;
  return well === all ? "All targets answer." : `${well} of ${all} targets answer as they should.`;
}

const isWell = ({ state }: ServiceCheckView) => state === "serving" || state === "connected";

/** What users do, as parts of a bar. */
function Mix({ plan }: { plan: PlanView }): Shown {
  const colors = colorsFor(operationsOf(plan));
  return html`
    <h3>What ${plan.loads.some(({ kind }) => kind === "closed") ? "users do" : "is called"}</h3>
    <ul class="mix">${plan.tasks.map(({ operation, share }) =>
      html`<li class=${colors.get(operation) ?? GREY} style=${{
        flexGrow: String(Math.max(0.02, share)),
      }} title=${operation}>${formatPercent(share)} ${words(operation, 60)}</li>`
    )}</ul>
  `;
}

/** What the run will be judged by. */
function Rules({ plan }: { plan: PlanView }): Shown {
  if (plan.thresholds.length === 0) {
    return html`<p class="note">No thresholds: the run ends without a verdict on the service.</p>`;
  }
  return html`
    <h3>Held to</h3>
    <ul class="held">${plan.thresholds.map((rule) => html`<li><code>${words(rule, 200)}</code></li>`)}</ul>
  `;
}

/** Each state with its mark and tone. */
const STATES: Readonly<Record<ServiceCheckView["state"], readonly [mark: string, tone: string]>> = {
  serving: ["✓", "pass"],
  connected: ["✓", "pass"],
  unhealthy: ["!", "warn"],
  doubtful: ["!", "warn"],
  failed: ["✕", "fail"],
  unreachable: ["✕", "fail"],
};

/** The services that will be called, and how they are. */
function TargetTable({ state, plan }: Props & { plan: PlanView | null }): Shown {
  const checks = state.checks !== null && "services" in state.checks ? state.checks.services : [];
  const colors = plan === null ? new Map<string, string>() : colorsFor(operationsOf(plan));
  return html`
    <table class="ops targets">
      <thead>
        <tr>
          <th scope="col">Service</th>
          <th scope="col" class="left">Address</th>
          <th scope="col" class="left">State</th>
          <th scope="col">Took</th>
        </tr>
      </thead>
      <tbody>${(plan?.services ?? []).map(({ name, address, protocol }) => {
        const check = checks.find((one) => one.name === name);
        const [mark, tone] = check === undefined ? ["·", "quiet"] : STATES[check.state];
        const operation = [...colors.keys()].find((one) => one.split(/[. ]/)[0] === name);
        const found = check === undefined ? (state.checking ? "asked now" : "not asked yet") : check.state;
        return html`
          <tr key=${name}>
            <th scope="row">${swatch(colors.get(operation ?? "") ?? GREY)}${words(name, 60)}</th>
            <td class="left" data-l="Address"><code>${words(
              check?.address ?? address,
              80,
            )}</code><small>${protocol}</small></td>
            <td class=${`left wrap ${tone}`} data-l="State"><span class="t">${mark} ${found}</span><small>${words(
              [check?.details ?? "", check?.remedy ?? ""].filter((text) => text !== "").join(". "),
              300,
            )}</small></td>
            <td data-l="Took">${check === undefined ? "–" : `${check.took_ms} ms`}</td>
          </tr>
        `;
      })}</tbody>
    </table>
  `;
}
