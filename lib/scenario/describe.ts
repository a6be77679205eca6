/** A plan in plain lines, shown before a run: who is called, how hard, for how long, and what must hold. */
import type { Course, Plan, ServicePlan, ThinkTime, TlsPlan } from "../plan/plan.ts";
import { formatCount, formatPercent, writeDuration } from "../plan/units.ts";

const LABEL_WIDTH = 11;

/** The plan in lines of a label and a text; lines that continue one have no label. */
export function describePlan(plan: Plan): string[] {
  return [
    ...block("scenario", [titleOf(plan)]),
    ...block("calls", plan.services.map(describeService)),
    ...block("users", [describeUsers(plan)]),
    ...block("tasks", [describeMix(plan)]),
    ...block("length", [describeLength(plan)]),
    ...block("sent by", [`${count(plan.workers, "worker")} over ${plan.transport}, seed ${plan.seed}`]),
    ...block("passes if", plan.thresholds.map(({ source }) => source)),
    ...block("report", [describeOutput(plan)]),
  ];
}

function block(label: string, lines: readonly string[]): string[] {
  const shown = lines.length > 0 ? lines : ["nothing"];
  return shown.map((line, i) => `${(i === 0 ? label : "").padEnd(LABEL_WIDTH)}${line}`);
}

function titleOf({ scenario, description, source }: Plan): string {
  return description === "" ? `${scenario} (${source})` : `${scenario} (${source}): ${description}`;
}

function describeService(service: ServicePlan): string {
  const parts = [
    `${service.name} at ${service.address}`,
    `${service.protocol} over gRPC`,
    `${count(service.connections, "connection")} a worker`,
    describeTls(service.tls),
    `timeout ${span(service.timeout_ms)}`,
    ...(service.moves === "fail" ? ["calls never move"] : []),
    ...(service.metadata.length > 0 ? [`metadata ${service.metadata.map(({ key }) => key).join(", ")}`] : []),
    ...(service.options.kind === "stt"
      ? [service.options.pacing === "fast" ? "audio sent at once" : "audio in real time"]
      : []),
  ];
  return parts.join(", ");
}

function describeTls(tls: TlsPlan | null): string {
  if (tls === null) return "plaintext";
  if (tls.insecure) return "TLS, certificate NOT checked";
  const ways = [
    tls.pinned_sha256 === null ? "" : `pinned to ${tls.pinned_sha256.slice(0, 12)}...`,
    tls.cert_file === null ? "" : "client certificate",
  ].filter((way) => way !== "");
  return ways.length === 0 ? "TLS" : `TLS (${ways.join(", ")})`;
}

function describeUsers({ loads }: Plan): string {
  return loads.map((load) =>
    load.kind === "closed"
      ? `${formatCount(load.users)}${describeRamp(load.courses)}; each pauses ${
        describeThinkTime(load.think_time)
      } between two tasks`
      : "open"
  ).join("; ");
}

function describeRamp([ramp]: readonly Course[]): string {
  if (ramp?.kind !== "linear" || ramp.to <= 1) return "";
  const per_s = (ramp.to - ramp.from) / (ramp.end_ms - ramp.start_ms) * 1000;
  return `, ${Number(per_s.toPrecision(3))} started per second`;
}

function describeThinkTime(time: ThinkTime): string {
  switch (time.kind) {
    case "constant":
      return time.value_ms === 0 ? "not at all" : span(time.value_ms);
    case "uniform":
      return `${span(time.min_ms)} to ${span(time.max_ms)}`;
    default:
      return time.kind;
  }
}

function describeMix({ tasks }: Plan): string {
  const total = tasks.reduce((sum, { weight }) => sum + weight, 0);
  return tasks.map(({ operation, weight }) => `${formatPercent(weight / total)} ${operation}`).join(", ");
}

function describeLength({ duration_ms, grace_ms, stages }: Plan): string {
  const names = stages.map(({ name, start_ms, end_ms, warm_up }) =>
    `${name} ${span(end_ms - start_ms)}${warm_up ? " (not judged)" : ""}`
  );
  return `${span(duration_ms)} (${names.join(", ")}), then up to ${span(grace_ms)} for calls in flight`;
}

function describeOutput({ scenario, output }: Plan): string {
  const compared = output.comparison_baseline === null ? "" : `, compared with ${output.comparison_baseline}`;
  const formats = output.formats.length === 0 ? "" : ` (${output.formats.join(", ")})`;
  return `${output.dir}/${scenario}/${formats}${compared}`;
}

function span(ms: number): string {
  return writeDuration(ms * 1000);
}

function count(value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? "" : "s"}`;
}
