/** Findings about the load, connections and machines. */
import { SLOW_REASONS, type SlowReason } from "../../../measure/clock_events.ts";
import { gpuLabel } from "../../../measure/gpus.ts";
import { formatCount, formatDuration, formatNumber } from "../../../plan/units.ts";
import { mayRepeat } from "../../../result/event_kinds.ts";
import { gpuReadings } from "../../../result/gpu_readings.ts";
import type { Run } from "../../../result/run.ts";
import { lengthWithin } from "../../../result/spans.ts";
import { slowedSpans } from "../../../verdict/change/marks.ts";
import { targetText } from "../../figures/load_reached.ts";
import { knownRecovery } from "../../figures/memory.ts";
import { driftLines } from "../../figures/trends.ts";
import { knownRises, riseText } from "../../figures/what_changed.ts";
import { plainText } from "../../format/escape.ts";
import { againText, type Finding, stretchesOf } from "./finding.ts";
import { otherEvents } from "./steering.ts";

/** Borders of the plan's stages. */
export function stageBorders(run: Run): Finding[] {
  const { stages } = run.plan;
  if (stages.length < 2) return [];
  return stages.filter(({ start_ms }) => start_ms < run.elapsed_ms).map((stage): Finding => {
    const what = stage.warm_up ? " (warm-up: no objective reads it)" : stage.ramp === true ? " (a ramp)" : "";
    return {
      from_s: stage.start_ms / 1000,
      to_s: null,
      tone: "",
      text: `${stage.name} begins: ${targetText(run, stage)}${what}.`,
      weight: stage.ramp === true ? 30 : 60,
    };
  });
}

/** What came after a spike. */
export function recovery(run: Run): Finding[] {
  const found = knownRecovery(run);
  if (found.state === "unknown") return [];
  const { spike, before, spike_end_ms, recovery_ms } = found;
  const from_s = spike_end_ms / 1000;
  const to_s = (spike_end_ms + (recovery_ms ?? 0)) / 1000;
  if (found.state === "not recovered") {
    return [{
      from_s,
      to_s: Math.max(to_s, from_s + 1),
      tone: "fail",
      text: `${spike} ends, and it is not as in ${before} again before the load ends.`,
      weight: 85,
    }];
  }
  const when = recovery_ms === 0 ? "at once" : `after ${formatDuration(recovery_ms * 1000)}`;
  const text = `${spike} ends. Everything is as in ${before} again ${when}.`;
  return [{ from_s, to_s, tone: "pass", text, weight: 85 }];
}

/** When the P95 rose, and what else changed then. */
export function changes(run: Run): Finding[] {
  return knownRises(run).map((rise): Finding => ({
    from_s: rise.at_ms / 1000,
    to_s: rise.until_ms / 1000,
    tone: rise.load === null ? "warn" : "",
    text: riseText(rise),
    // Where the load rose, too, there is less to explain.
    weight: rise.load === null ? 82 : 61,
  }));
}

/** Trends that are sure. */
export function drifts(run: Run): Finding[] {
  return driftLines(run).filter(({ sure }) => sure).map(({ name, stage, per_hour, floor_rose }): Finding => {
    const found = run.plan.stages.find((one) => one.name === stage);
    const leak = floor_rose ? ", and its lowest use rises too, as with a leak" : "";
    return {
      from_s: (found?.start_ms ?? 0) / 1000,
      to_s: Math.min(found?.end_ms ?? run.elapsed_ms, run.elapsed_ms) / 1000,
      tone: "warn",
      text: `${name} drifts by ${per_hour}${leak}.`,
      weight: 65,
    };
  });
}

/** Seconds that may lie between two losses of one story. */
const BRIDGE_S = 5;

/** Connections lost and opened again, and calls that moved (GOAWAY). */
export function connections(run: Run): Finding[] {
  return run.plan.services.flatMap(({ name }) => {
    const seen = run.slots.map(({ start_ms, length_ms, connections }) => ({
      from_s: start_ms / 1000,
      to_s: (start_ms + length_ms) / 1000,
      one: connections.find(({ service }) => service === name),
    }));
    const parts = seen.map(({ from_s, to_s, one }, i) => {
      const last = seen[i - 1]?.one;
      const opened = Math.max(0, (one?.reconnects_total ?? 0) - (last?.reconnects_total ?? 0));
      const moved = Math.max(0, (one?.moves_total ?? 0) - (last?.moves_total ?? 0));
      return { from_s, to_s, on: opened + moved > 0, opened, moved };
    });
    const found = stretchesOf(parts, BRIDGE_S).map((stretch) => {
      const inside = parts.filter(({ from_s }) => from_s >= stretch.from_s && from_s < stretch.to_s);
      const sum = (key: "opened" | "moved") => inside.reduce((total, part) => total + part[key], 0);
      return { ...stretch, opened: sum("opened"), moved: sum("moved") };
    }).sort((a, b) => b.opened + b.moved - a.opened - a.moved);
    const [most] = found;
    if (most === undefined) return [];
    const { from_s, to_s, opened, moved } = most;
    const lost = `${formatCount(opened)} ${
      opened === 1 ? "connection" : "connections"
    } to ${name} closed and opened again`;
    const calls = moved === 0
      ? ""
      : `; ${formatCount(moved)} calls that it had not processed moved to another (GOAWAY)`;
    const text = `${lost}${calls}${againText(found.length - 1)}.`;
    return [{ from_s, to_s, tone: "warn" as const, text, weight: 66 }];
  });
}

/** How a GPU was held back, and how bad that is: a power limit is set by whoever runs it. */
const HELD: Readonly<Record<SlowReason, { text: string; tone: Finding["tone"] }>> = {
  power_capped: { text: "is held at its power limit", tone: "" },
  heat_slowed: { text: "is slowed down by heat", tone: "warn" },
  hardware_slowed: { text: "is slowed down by its hardware or power supply", tone: "warn" },
};

/** GPUs at their power limit, or slowed down. */
export function gpus(run: Run): Finding[] {
  return gpuReadings(run).flatMap(({ first, readings }) =>
    SLOW_REASONS.flatMap((reason): Finding[] => {
      const spans = slowedSpans(readings, reason);
      const parts = spans.map(({ start_ms, end_ms }) => ({ from_s: start_ms / 1000, to_s: end_ms / 1000, on: true }));
      const stretches = stretchesOf(parts, 2 * BRIDGE_S);
      const [longest] = stretches.toSorted((a, b) => (b.to_s - b.from_s) - (a.to_s - a.from_s));
      if (longest === undefined) return [];
      const { text, tone } = HELD[reason];
      const length = formatDuration(lengthWithin(spans) * 1000);
      const sentence = `${gpuLabel(first)} ${text} for ${length} in all${againText(stretches.length - 1)}.`;
      return [{ from_s: longest.from_s, to_s: longest.to_s, tone, text: sentence, weight: 64 }];
    })
  );
}

/** A processor that is busier than this leaves no room; percent. */
const FULL = 95;
const LEAST_FULL_S = 5;

/** The generator's machine without a free core: figures may be the machine's. */
export function fullMachine(run: Run): Finding[] {
  const times_s = run.host.times_ms.map((t_ms) => t_ms / 1000);
  const parts = run.host.column("cpu_percent").map((cpu_percent, i) => ({
    from_s: times_s[i - 1] ?? times_s[i] as number,
    to_s: times_s[i] as number,
    on: (cpu_percent ?? 0) >= FULL,
  }));
  const found = stretchesOf(parts, BRIDGE_S).filter(({ from_s, to_s }) => to_s - from_s >= LEAST_FULL_S)
    .sort((a, b) => (b.to_s - b.from_s) - (a.to_s - a.from_s));
  const [longest] = found;
  if (longest === undefined) return [];
  const { from_s, to_s } = longest;
  const text = `The processor of this machine is ${formatNumber(FULL)} % busy or more for ${
    formatDuration((to_s - from_s) * 1e6)
  }${againText(found.length - 1)}: june-load competes for it.`;
  return [{ from_s, to_s, tone: "warn", text, weight: 62 }];
}

/** Events of the result; of a kind that may come often the first, with how many followed. */
export function events(run: Run): Finding[] {
  const byKind = Map.groupBy(otherEvents(run.events), ({ kind, t_ms }) => mayRepeat(kind) ? kind : `${kind} ${t_ms}`);
  return [...byKind.values()].map((same): Finding => {
    const [first] = same;
    const last = same.at(-1);
    const more = same.length === 1 ? "" : ` (${formatCount(same.length - 1)} more like it)`;
    // What was noticed before the first call belongs to the start.
    const from_s = Math.max(0, (first?.t_ms ?? 0) / 1000);
    const to_s = same.length === 1 ? null : Math.max(0, (last?.t_ms ?? 0) / 1000);
    const sentence = plainText(first?.text ?? "", 300);
    return { from_s, to_s, tone: "warn", text: `${sentence.replace(/\.$/, "")}${more}.`, weight: 68 };
  });
}
