/** The tables, one at a time. */
import { byId } from "../../../../report/html/page/browser.ts";
import { formatClock } from "../../../../plan/units.ts";
import type { FailureView } from "../../../views/detail_view.ts";
import type { StatisticsRow } from "../../../views/statistics.ts";
import type { PlanView, Seconds } from "../../api.ts";
import { html, type Shown } from "../html.ts";
import { Button, type ControlEvent, type Props } from "../parts.ts";
import { type Tab, TABS } from "../state/store.ts";
import { Events, Failures, Machines, machinesOf, Operations, Services } from "./tables.ts";

const NAMES: Readonly<Record<Tab, string>> = {
  operations: "Operations",
  failures: "Failures",
  services: "Services and connections",
  machines: "Machines",
  events: "Events",
};

/** The tabs and the table of the one chosen. */
export function Tabs(props: Props & { seconds: Seconds; plan: PlanView }): Shown {
  const { state, commands, seconds } = props;
  const { tab } = state;
  const choose = (next: Tab) => {
    commands.show({ tab: next });
    byId(`tab-${next}`)?.focus();
  };
  const key = (event: ControlEvent) => {
    const way = ({ ArrowLeft: -1, ArrowRight: 1 } as Readonly<Record<string, number>>)[event.key];
    if (way === undefined) return;
    event.preventDefault();
    choose(TABS[(TABS.indexOf(tab) + way + TABS.length) % TABS.length] as Tab);
  };
  const { since } = seconds.view;
  return html`
    <section class="tables" aria-label="Statistics">
      <div role="tablist" aria-label="Statistics">${TABS.map((one) =>
        html`
          <button type="button" role="tab" id=${`tab-${one}`} aria-controls="panel" aria-selected=${one ===
            tab} tabindex=${one === tab ? 0 : -1}
            onClick=${() => choose(one)} onKeyDown=${key}>${NAMES[one]} <span>${countOf(props, one)}</span></button>
        `
      )}</div>
      <div role="tabpanel" id="panel" aria-labelledby=${`tab-${tab}`}>
          ${since === null || tab === "services" || tab === "machines" || tab === "events"
            ? null
            : html`<p class="note since">
        ${state.since ? `Since the reset at ${formatClock(since.at_ms)}. ` : "Since the start of the run. "}
        <${Button} name=${state.since ? "Show the whole run" : `Show since ${formatClock(since.at_ms)}`} act=${() =>
              commands.show({ since: !state.since })} /></p>`}
          <${Panel} ...${props} />
        </div>
    </section>
  `;
}

/** What stands in the tables: of the whole run, or since the reset. */
function tablesOf(
  { state, seconds }: Props & { seconds: Seconds },
): { rows: StatisticsRow[]; failures: FailureView[] } {
  const { statistics, failures, since } = seconds.view;
  return state.since && since !== null
    ? { rows: since.operations, failures: since.failures }
    : { rows: statistics, failures };
}

function countOf(props: Props & { seconds: Seconds; plan: PlanView }, tab: Tab): number {
  switch (tab) {
    case "operations":
      return tablesOf(props).rows.length;
    case "failures":
      return tablesOf(props).failures.length;
    case "services":
      return props.plan.services.length;
    case "machines":
      return machinesOf(props.points).length;
    case "events":
      return props.state.log.length;
  }
}

function Panel(props: Props & { seconds: Seconds; plan: PlanView }): Shown {
  const { state, seconds, plan, points } = props;
  const { view } = seconds;
  const { rows, failures } = tablesOf(props);
  switch (state.tab) {
    case "operations":
      return html`<${Operations} view=${view} plan=${plan} points=${points} rows=${rows} />`;
    case "failures":
      return html`<${Failures} failures=${failures} />`;
    case "services":
      return html`<${Services} view=${view} plan=${plan} />`;
    case "machines":
      return html`<${Machines} points=${points} />`;
    case "events":
      return html`<${Events} log=${state.log} />`;
  }
}
