/** Locust's fields: users, spawn rate or arrivals each second, duration, hosts; with the plan's own values to begin with. */
import { html, type Shown } from "../html.ts";
import { Button, type ControlEvent, type Props } from "../parts.ts";
import type { Fields } from "../../api.ts";
import { faultsOf, type FieldName, planText } from "../state/draft.ts";

const NAMES: ReadonlyArray<readonly [name: FieldName, label: string]> = [
  ["users", "Users at the top"],
  ["spawn_rate_per_s", "New users/s"],
  ["arrivals_per_s", "Arrivals/s"],
  ["duration_ms", "Duration"],
];

/** The values that the scenario has in its file. */
function scenarioFields({ state: { ui, draft } }: Pick<Props, "state">): Fields | null {
  return ui?.scenarios.find(({ id }) => id === draft?.scenario)?.fields ?? null;
}

/** The values of the plan as it is now. */
export function fieldsOf(props: Pick<Props, "state">): Fields | null {
  return props.state.drawn?.fields ?? scenarioFields(props);
}

/** The fields that the plan has. */
export function FieldRow(props: Props): Shown {
  const { state: { draft }, commands } = props;
  const own = fieldsOf(props);
  const faults = draft === null ? {} : faultsOf(draft);
  return html`<div class="fields">${
    NAMES.map(([name, label]) => {
      const typed = draft?.fields[name];
      const text = typed ?? planText(name, own);
      if (text === null) return null;
      const fault = faults[name];
      return html`<label class=${
        typed === undefined ? "" : "changed"
      } key=${name}>${label}<input id=${`field-${name}`} value=${text}
      inputmode=${name === "duration_ms" ? "text" : "decimal"} autocomplete="off" aria-invalid=${fault !== undefined}
      aria-describedby=${fault === undefined ? undefined : `fault-${name}`}
      onInput=${(event: ControlEvent) => commands.fill(name, event.currentTarget.value)} />${
        fault === undefined ? null : html`<small class="over" id=${`fault-${name}`}>${fault}</small>`
      }</label>`;
    })
  }</div>`;
}

/** The simulator in place of all services; and other addresses, as Locust's host. */
export function Targets(props: Props): Shown {
  const { state: { draft }, commands } = props;
  const own = fieldsOf(props);
  const hosts = Object.entries(own?.hosts ?? {});
  const { simulator: begun = false } = scenarioFields(props) ?? {};
  const simulator = draft?.simulator === true || begun;
  return html`<div class="buttons">
    ${
    begun
      ? html`<span class="q">june-load was started with the simulator in place of all services.</span>`
      : html`<${Button} name=${
        simulator ? "Use the real services" : "Use the simulator instead"
      } pressed=${simulator} act=${() => commands.simulate(!simulator)} />`
  }
    ${
    simulator || hosts.length === 0 ? null : html`
      <details class="hosts">
        <summary class="tool">Other addresses</summary>
        <div class="fields">${hosts.map(([name, host]) =>
          html`<label key=${name}>${name}<input class="wide" value=${
            draft?.hosts[name] ?? host
          } autocomplete="off" spellcheck=${false}
        onChange=${(event: ControlEvent) => commands.address(name, event.currentTarget.value)} /></label>`
        )}</div>
      </details>
    `
  }</div>`;
}
