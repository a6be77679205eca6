/** A calibration in plain words. */
import { formatCount, formatDuration, NO_VALUE } from "../../plan/units.ts";
import { textTable } from "../../report/text/table.ts";
import {
  type Added,
  type CalibratedHost,
  type Calibration,
  type Capacity,
  type Conditions,
  type Spread,
  wasBusy,
} from "../../result/calibration.ts";

/** The lines of its table. */
export function calibrationLines(calibration: Calibration): string[] {
  const conditions = [calibration.idle, ...(calibration.busy === null ? [] : [calibration.busy])];
  const names = conditions.length === 1 ? ["at idle"] : ["at idle", "beside a busy core"];
  return [
    `${calibration.tool} on ${hostText(calibration.host)}, Deno ${calibration.deno}`,
    "",
    "What june-load adds here, by the clock of an echo in a process of its own:",
    "",
    ...table(timesOf(conditions, names)),
    ...(conditions.some(({ calls }) => calls !== null) ? capacityLines(conditions, names) : []),
    ...othersLines(calibration),
  ];
}

function othersLines(calibration: Calibration): string[] {
  if (!wasBusy(calibration)) return [];
  return [
    "",
    `Other processes used ${calibration.others_percent} % of this host when it began, so that "at idle" is not:`,
    "close them, and calibrate again.",
  ];
}

function hostText({ name, cpu_model, cpus, os, kernel, governor }: CalibratedHost): string {
  const parts = [cpu_model ?? "unknown processor", `${cpus} cores`, `${os} ${kernel}`];
  return `${name}: ${[...parts, ...(governor === null ? [] : [`governor ${governor}`])].join(", ")}`;
}

const table = (rows: string[][]) => textTable(rows).trimEnd().split("\n");

function timesOf(conditions: readonly Conditions[], names: readonly string[]): string[][] {
  const row = (name: string, of: (condition: Conditions) => Spread | Added) => [
    name,
    ...conditions.flatMap((condition) => cells(of(condition))),
  ];
  return [
    ["", ...names.flatMap((name) => ["", name, ""])],
    ["", ...names.flatMap(() => ["P50", "P99", "largest"])],
    row("a call begins after its instant", ({ start }) => start),
    row("a chunk of speech is off its instant", ({ pacing }) => pacing),
    row("added to the time of a call", ({ answer }) => answer),
    row("added to the first message of a stream", ({ first_message }) => first_message),
    row("added to the gap between messages", ({ gap }) => gap),
  ];
}

function cells(of: Spread | Added): string[] {
  if (of.count === 0) return [NO_VALUE, NO_VALUE, NO_VALUE];
  return [signed(of.p50_us), signed(of.p99_us), "max_us" in of ? signed(of.max_us) : ""];
}

const signed = (us: number) => us < 0 ? `-${formatDuration(-us)}` : formatDuration(us);

function capacityLines(conditions: readonly Conditions[], names: readonly string[]): string[] {
  const row = (name: string, of: (condition: Conditions) => string) => [name, ...conditions.map(of)];
  return [
    "",
    "One worker keeps its instants (99 % within 2 ms) up to:",
    "",
    ...table([
      ["", ...names],
      row("calls/s", ({ calls }) => capacityText(calls)),
      row("messages/s of streams", ({ frames }) => capacityText(frames)),
      row("chunks/s of speech in real time", ({ chunks }) => capacityText(chunks)),
      row("CPU of a call with a wake-up of its own", ({ call_cpu }) => cpuText(call_cpu?.alone_us)),
      row("CPU of a call at the highest rate kept", ({ call_cpu }) => cpuText(call_cpu?.together_us)),
    ]),
  ];
}

/** `4,000 (late at 8,000)`. */
export function capacityText(capacity: Capacity | null): string {
  if (capacity === null) return NO_VALUE;
  const { held_per_s, late_per_s } = capacity;
  if (late_per_s === null) return `${formatCount(held_per_s)} and more`;
  return held_per_s === 0
    ? `late at ${formatCount(late_per_s)}`
    : `${formatCount(held_per_s)} (late at ${formatCount(late_per_s)})`;
}

const cpuText = (us: number | null | undefined) => us === null || us === undefined ? NO_VALUE : formatDuration(us);
