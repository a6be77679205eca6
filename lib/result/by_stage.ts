/** Something for each operation in each stage. */

/** By operation, then by the stage's place in the plan. */
export type ByStage<V> = Map<string, Map<number, V>>;

/** The value of an operation in a stage; made where there was none. */
export function ofStage<V>(map: ByStage<V>, operation: string, stage: number, make: () => V): V {
  let stages = map.get(operation);
  if (stages === undefined) map.set(operation, stages = new Map());
  let value = stages.get(stage);
  if (value === undefined) stages.set(stage, value = make());
  return value;
}
