/** What changes a running load: users or rate, pause, next stage, stop; and behind a menu what is rarely wanted. */
import { Component } from "../preact.ts";
import { formatCount, formatNumber } from "../../../../plan/units.ts";
import type { PlanView, RunState } from "../../api.ts";
import { html, type Shown } from "../html.ts";
import { Button, type ControlEvent, type Props, words } from "../parts.ts";
import type { Commands } from "../state/commands.ts";
import { targetAt } from "../state/course.ts";

/** Why nothing can be changed now; null where it can. */
function frozen({ state: { ui, link } }: Props): string | null {
  if (link === "lost") return "no connection";
  if (ui?.phase === "running") return null;
  if (ui?.phase === "preparing") return "making ready";
  return "the load has ended";
}

/** All controls of a run. */
export function Controls(props: Props & { run: RunState; now_s: number }): Shown {
  const { run, now_s, commands, state } = props;
  const why = frozen(props);
  const off = why !== null || state.busy;
  const stopping = state.ui?.phase === "stopping" || state.ui?.phase === "reporting";
  const last = run.plan.stages.every(({ to_s }) => to_s * 1000 >= run.plan.duration_ms || to_s <= now_s);
  const pause = run.paused ? "resume" : "pause";
  return html`<div class="ctl" role="group" aria-label="Change the running load">
    ${
    run.plan.loads.map((load, i) =>
      html`<${Stepper} key=${i} load=${load} only=${
        run.plan.loads.length === 1
      } now_s=${now_s} off=${off} commands=${commands} />`
    )
  }
    <${Button} name=${run.paused ? "Resume" : "Pause"} disabled=${off} why="frozen" pressed=${run.paused}
      act=${() =>
    void commands.steer({ type: pause }, run.paused ? "Resumed" : "Paused: no new task starts until you resume")} />
    <${Button} name="Next stage" look="opt" disabled=${off || last} why=${last && !off ? "last" : "frozen"}
      act=${() => void commands.steer({ type: "next_stage" }, "The next stage has begun")} />
    <${Button} name=${stopping ? "Stopping" : "Stop"} look="stop" disabled=${
    stopping || state.busy || state.link === "lost"
  } why="frozen"
      act=${() => void commands.stop()} />
    <${More} ...${props} off=${off} last=${last} />
    <span class="q" id="frozen">${why ?? ""}</span><span class="skip" id="last">This is the last stage</span>
  </div>`;
}

/** Behind a menu: what is rarely wanted, and what cannot be taken back. */
function More({ commands, state, off, last }: Props & { off: boolean; last: boolean }): Shown {
  const ended = state.ui?.phase === "reporting" || state.link === "lost";
  return html`
    <details class="menu">
      <summary class="tool" aria-label="More">More</summary>
      <div>
        <${Button} name="All loads a tenth less" disabled=${off} act=${() =>
          void commands.steer({ type: "scale", factor: 0.9 }, "Everything ahead is a tenth less")} />
        <${Button} name="All loads a tenth more" disabled=${off} act=${() =>
          void commands.steer({ type: "scale", factor: 1.1 }, "Everything ahead is a tenth more")} />
        <${Button} name="Next stage" look="narrow" disabled=${off || last} act=${() =>
          void commands.steer({ type: "next_stage" }, "The next stage has begun")} />
        <${Button} name="Reset statistics" disabled=${off} act=${() =>
          void commands.steer({ type: "reset_statistics" }, "Figures count from here; nothing is deleted")} />
        <${Button} name="Abort: cut calls off" look="stop" disabled=${ended} act=${() => void commands.abort()} />
      </div>
    </details>
  `;
}

interface StepperProps {
  load: PlanView["loads"][number];
  only: boolean;
  now_s: number;
  off: boolean;
  commands: Commands;
}

/** The target of a load: a tenth down, a tenth up, or a number. */
class Stepper extends Component<StepperProps, { typed: string | null }> {
  override state = { typed: null as string | null };

  override render({ load, only, now_s, off }: StepperProps): Shown {
    const now = Math.max(0, targetAt(load.points, now_s));
    const target = load.kind === "closed" ? Math.round(now) : Number(now.toPrecision(3));
    const what = load.kind === "closed" ? "users" : "arrivals/s";
    const name = only ? what[0]!.toUpperCase() + what.slice(1) : `${words(load.name, 24)} ${what}`;
    const set = (value: number) => this.#set(value);
    return html`<label class="steps">${name}<span class="step" role="group" aria-label=${name}>
      <button type="button" disabled=${off} aria-label=${`Fewer: ${write(load, step(load, target, -1))}`}
        onClick=${() => set(step(load, target, -1))}>−</button>
      <input id=${`target-${load.name}`} inputmode="decimal" aria-label=${name} autocomplete="off" disabled=${off} value=${
      this.state.typed ?? write(load, target)
    }
        onFocus=${() => this.setState({ typed: String(target) })}
        onInput=${(event: ControlEvent) => this.setState({ typed: event.currentTarget.value })}
        onBlur=${() => this.setState({ typed: null })}
        onKeyDown=${(event: ControlEvent) => this.#key(event)} />
      <button type="button" disabled=${off} aria-label=${`More: ${write(load, step(load, target, 1))}`}
        onClick=${() => set(step(load, target, 1))}>+</button></span></label>`;
  }

  #key(event: ControlEvent): void {
    if (event.key === "Escape") event.currentTarget.blur();
    if (event.key !== "Enter") return;
    event.preventDefault();
    const value = Number(event.currentTarget.value.replaceAll(",", ""));
    if (Number.isFinite(value) && value >= 0 && event.currentTarget.value.trim() !== "") {
      this.#set(value);
      event.currentTarget.blur();
    } else this.props.commands.show({ said: { tone: "fail", text: "A number of 0 or more" } });
  }

  #set(target: number): void {
    const { load, only, commands } = this.props;
    const what = load.kind === "closed" ? "users" : "arrivals/s";
    const name = only ? null : load.name;
    void commands.steer({ type: "target", load: name, target }, `${write(load, target)} ${what} from now on`);
  }
}

/** A tenth more or less; users are whole, and change by one at least. */
function step({ kind }: StepperProps["load"], target: number, way: 1 | -1): number {
  const tenth = kind === "closed" ? Math.max(1, Math.round(target / 10)) : target === 0 ? 1 : target / 10;
  return Math.max(0, Number((target + way * tenth).toPrecision(kind === "closed" ? 12 : 3)));
}

function write({ kind }: StepperProps["load"], target: number): string {
  return kind === "closed" ? formatCount(target) : formatNumber(target);
}
