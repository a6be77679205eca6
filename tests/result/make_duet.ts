/** Made-up duets for tests of everything downstream of a result. */
import { duetOf } from "../../lib/plan/duet.ts";
import type { IntervalRecord, ResultRecord } from "../../lib/result/record.ts";
import { makeHeader, makePlan, makeRecords } from "./make_run.ts";

/** The records of a run as those of a duet whose sides are alike, but that the calls of B are those of another run. */
export function duetRecords({ seconds = 60 }: { seconds?: number } = {}): ResultRecord[] {
  const plan = makePlan();
  const [base, other] = [makeRecords({ seconds }), makeRecords({ seconds, seed: 5 })];
  return base.map((record, at): ResultRecord => {
    if (record.type === "header") return makeHeader(duetOf(plan, plan));
    if (record.type !== "interval") return record;
    const [from, to] = [marked(record, "A"), marked(other[at] as IntervalRecord, "B")];
    return {
      ...record,
      series: [...from.series, ...to.series],
      failures: [...from.failures, ...to.failures],
      connections: [...from.connections, ...to.connections],
      turns: [],
    };
  });
}

function marked({ series, failures, connections }: IntervalRecord, side: string) {
  const withSide = <T extends { operation: string }>(one: T) => ({ ...one, operation: `${one.operation}@${side}` });
  return {
    series: series.map(withSide),
    failures: failures.map(withSide),
    connections: connections.map((one) => ({ ...one, service: `${one.service}@${side}` })),
  };
}
