/**
 * What june-load's own machine lacked for connections: calls that waited for it, or failed by it, are no fault of the
 * service. Definition: docs/measurement.md.
 */
import type { ShortageData } from "../measure/interval.ts";
import { SHORTAGES } from "../plan/shortages.ts";
import { formatClock, formatCount } from "../plan/units.ts";
import type { Run } from "../result/run.ts";
import type { FitCheck } from "./fit/check.ts";

const NAME = "ports, descriptors and memory";

/**
 * Whether every call got its connection. A shortage decides as soon as it spoilt a call: the service did not get the load
 * that was asked for. Null for results of builds that did not look.
 */
export function shortageFit(run: Run): FitCheck | null {
  const { shortages } = run.generator;
  if (shortages === undefined) return null;
  if (shortages.length === 0) return { name: NAME, value: "no call waited for them", state: "ok", advice: "" };
  const value = shortages.map(({ errno, calls }) => `${countOf(calls)} waited for them (${errno})`).join(", ");
  const { issued } = run.total();
  const advice = shortages.map((shortage) => adviceOn(shortage, issued)).join("; ");
  return { name: NAME, value, state: shortages.some(({ spoilt }) => spoilt > 0) ? "invalid" : "warn", advice };
}

function adviceOn({ errno, calls, spoilt, first_ms, last_ms }: ShortageData, issued: number): string {
  const { means, remedy } = SHORTAGES[errno];
  const [from, to] = [formatClock(first_ms), formatClock(last_ms)];
  const when = from === to ? `at ${from}` : `from ${from} to ${to}`;
  const hit = `${formatCount(calls)} of ${countOf(issued)} waited for a connection ${when}`;
  const fate = spoilt === 0 ? "none of them too long" : `${formatCount(spoilt)} too long or in vain`;
  return `${means} (${errno}), so that ${hit}, ${fate}; ${remedy}`;
}

const countOf = (calls: number) => `${formatCount(calls)} call${calls === 1 ? "" : "s"}`;

/** A shortage in one line while the run goes on. */
export function shortageNote({ errno, calls, first_ms }: ShortageData): string {
  const { means, remedy } = SHORTAGES[errno];
  const what = means.startsWith("june-load") ? means : `${means.charAt(0).toUpperCase()}${means.slice(1)}`;
  return `${what} (${errno}): ${countOf(calls)} waited for a connection since ${formatClock(first_ms)}; ${remedy}`;
}
