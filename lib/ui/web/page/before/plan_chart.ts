/** The load over time as the plan has it. */
import type { Line } from "../../../../report/charts/chart.ts";
import { formatCount, formatRate } from "../../../../plan/units.ts";
import type { PlanView } from "../../api.ts";
import { type LivePanel, timedOf } from "../charts/live_panels.ts";
import { highestOf } from "../state/course.ts";

const HEIGHT = 110;
const COLORS = ["blue-3", "op-3", "op-2", "op-8"] as const;

/** A chart of the closed loads, and one of the open ones, where the plan has them. */
export function planPanels(plan: PlanView): LivePanel[] {
  const kinds = (["closed", "open"] as const).filter((one) => plan.loads.some(({ kind }) => kind === one));
  return kinds.map((kind, i): LivePanel => [`plan-${kind}`, {
    title: kind === "closed" ? "Users over time" : "Arrivals each second",
    note: "as the plan has them",
    figure: peakText(plan, kind),
    description: kind === "closed" ? "The users of the plan over time" : "The arrivals of the plan over time",
    unit: "count",
    height: HEIGHT,
    at: [],
    lines: linesOf(plan, kind),
    labelled: i === kinds.length - 1,
  }]);
}

function linesOf(plan: PlanView, kind: "closed" | "open"): Line[] {
  const loads = plan.loads.filter((load) => load.kind === kind);
  return loads.map(({ name, points }, i): Line => ({
    name: `${name} planned`,
    label: loads.length > 1 ? name : kind === "closed" ? "users" : "arrivals/s",
    color: COLORS[i % COLORS.length] ?? "blue-3",
    width: 1.6,
    area: true,
    at: points.map(([at_s]) => at_s),
    values: points.map(([, target]) => target),
  }));
}

/** The highest targets of the loads of a kind, together. */
export function peakText({ loads }: PlanView, kind: "closed" | "open"): string {
  const most = loads.filter((load) => load.kind === kind).reduce((sum, { points }) => sum + highestOf(points), 0);
  return kind === "closed" ? `${formatCount(most)} users at the top` : `${formatRate(most)} at the top`;
}

/** The axis of time of a plan that has not begun. */
export function plannedTime(plan: PlanView) {
  return timedOf(plan, 0);
}
