/** Colours belong to operations: the same in every chart and table, and in every run that calls the same operations. */
import type { Run } from "../../result/run.ts";
import { operationsOf } from "../figures/figures.ts";
import { memoized } from "../figures/memory.ts";
import { colorsFor, GREY } from "./palette.ts";

/** The colours of a run's operations. */
export function operationColors(run: Run): Map<string, string> {
  return memoized(run, "operation colors", () => colorsFor(operationsOf(run)));
}

/** The colour of a service: that of the first operation that calls it alone, or at all. */
export function serviceColor(run: Run, service: string): string {
  const calling = run.plan.tasks.filter(({ services }) => services.includes(service));
  const first = calling.find(({ services }) => services.length === 1) ?? calling[0];
  return operationColors(run).get(first?.operation ?? "") ?? GREY;
}
