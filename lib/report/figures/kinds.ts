/** What an operation is: the kind of service it calls decides which figures say something of it. */
import type { OperationKind } from "../../plan/threshold/shown.ts";
import { operationKind } from "../../plan/operation_kind.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Run } from "../../result/run.ts";
import type { Row } from "./figures.ts";

/** The kind of an operation of the plan; null for one that the plan does not name. */
export function kindOf(run: Run, operation: string): OperationKind | null {
  return operationKind(run.plan, operation);
}

/** The rows of one kind for which `measured` holds. */
export function rowsOfKind(
  run: Run,
  rows: readonly Row[],
  kind: OperationKind,
  measured: (total: Row["total"]) => boolean,
): Row[] {
  return rows.filter(({ name, total }) => kindOf(run, name) === kind && measured(total));
}

/** The unit of language models' output; `tokens` come from the server; null where nothing was counted. */
export function outputUnit(total: Row["total"]): "tokens" | "words" | null {
  const tokens = total.counter("output_tokens");
  const words = total.counter("output_words");
  return tokens === 0 && words === 0 ? null : tokens >= words ? "tokens" : "words";
}

/** The unit of all rows that have one; null where they differ or none has. */
export function commonUnit(rows: readonly Row[]): "tokens" | "words" | null {
  const units = new Set(rows.map(({ total }) => outputUnit(total)).filter((unit) => unit !== null));
  return units.size === 1 ? [...units][0] as "tokens" | "words" : null;
}

/** Whether an operation speaks its clips in real time, so that the whole call takes as long as they are. */
export function speaksInRealTime({ services }: Pick<Plan, "services">, task: Plan["tasks"][number]): boolean {
  return (task.name === "stt.recognize_stream" || task.name === "voice_turn") &&
    services.some(({ name, options }) =>
      options.kind === "stt" && options.pacing === "real_time" && task.services.includes(name)
    );
}
