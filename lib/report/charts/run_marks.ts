/** The marks of a run as charts draw them: each story in a colour of its own kind. */
import { gpuLabel } from "../../measure/gpus.ts";
import { gpuReadings } from "../../result/gpu_readings.ts";
import type { Run } from "../../result/run.ts";
import { type Mark, type MarkKind, marksOf } from "../../verdict/change/marks.ts";
import { memoized } from "../figures/memory.ts";
import { plainText } from "../format/escape.ts";
import { GPU_COLORS } from "./machine_charts.ts";
import type { PageMark } from "./marks.ts";

/** The kind tells what to look for; a power limit has the colour of its GPU. */
const COLORS: Readonly<Record<MarkKind, string>> = {
  power_capped: "gpu",
  heat_slowed: "warn",
  hardware_slowed: "warn",
  service: "ink",
  connection: "accent",
  generator: "warn",
  pause: "ink-3",
  steered: "ink-2",
  unread: "ink-3",
};

/** The marks of a run, by story. */
export function pageMarks(run: Run): PageMark[] {
  return memoized(run, "marks", () => {
    const gpus = gpuReadings(run).map(({ first }) => gpuLabel(first));
    return marksOf(run).map((mark): PageMark => ({
      name: plainText(mark.name, 120),
      color: mark.kind === "power_capped" ? gpuColor(gpus, mark) : COLORS[mark.kind],
      from_s: mark.start_ms / 1000,
      to_s: mark.end_ms === null ? null : mark.end_ms / 1000,
    }));
  });
}

function gpuColor(gpus: readonly string[], { name }: Mark): string {
  const at = gpus.findIndex((label) => name.startsWith(`${label} `));
  return GPU_COLORS[Math.max(0, at) % GPU_COLORS.length] as string;
}
