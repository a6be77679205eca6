/** The servers' own statistics over the run, beside june-load's figures. */
import { countsBetween, type ModelCounts, type ServerTime } from "../../measure/server_statistics.ts";
import { formatCount, formatDuration, formatNumber } from "../../plan/units.ts";
import type { Run } from "../../result/run.ts";
import { plainText } from "../format/escape.ts";

/** Mean times and counts of one model over the whole run, warm-up included; microseconds, null without any. */
export interface ModelWork {
  model: string;
  version: string;
  ok: number;
  failed: number;
  /** From the arrival of a request to the end of its execution. */
  mean_us: number | null;
  queue_us: number | null;
  compute_input_us: number | null;
  compute_infer_us: number | null;
  compute_output_us: number | null;
  /** Requests that one execution of the model served. */
  batch: number | null;
  cache_hits: number;
}

/** The statistics of one service's server. */
export interface ServerWork {
  service: string;
  /** A counter fell: the server restarted, so its figures are not usable. */
  restarted: boolean;
  /** Models that executed requests: usually the service's own and, for an ensemble, its steps. */
  models: ModelWork[];
  /** Requests that june-load sent to the service's own model; null where voice turns hide the number. */
  issued: number | null;
  /** Their mean service time over ok calls as june-load measured it; microseconds. */
  client_mean_us: number | null;
}

/** The servers that reported statistics both before and after the run. */
export function serverWork(run: Run): ServerWork[] {
  return run.service_statistics.filter(({ when }) => when === "before").flatMap(({ service, models }) => {
    const after = run.service_statistics.find((one) => one.when === "after" && one.service === service);
    return after === undefined ? [] : [workOf(run, service, models, after.models)];
  });
}

function workOf(run: Run, service: string, before: readonly ModelCounts[], after: readonly ModelCounts[]): ServerWork {
  const between = after.map((counts) => {
    const earlier = before.find(({ model, version }) => model === counts.model && version === counts.version);
    return earlier === undefined ? counts : countsBetween(earlier, counts);
  });
  const known = between.filter((counts) => counts !== null);
  const models = known.filter(({ success, fail, executions }) => success.count + fail.count + executions > 0);
  const { issued, client_mean_us } = clientOf(run, service);
  const restarted = known.length < between.length;
  return { service, restarted, models: restarted ? [] : models.map(modelWork), issued, client_mean_us };
}

function modelWork(counts: ModelCounts): ModelWork {
  const { model, version, success, fail, inferences, executions, cache_hit } = counts;
  return {
    model,
    version,
    ok: success.count,
    failed: fail.count,
    mean_us: meanOf(success),
    queue_us: meanOf(counts.queue),
    compute_input_us: meanOf(counts.compute_input),
    compute_infer_us: meanOf(counts.compute_infer),
    compute_output_us: meanOf(counts.compute_output),
    batch: executions > 0 ? inferences / executions : null,
    cache_hits: cache_hit.count,
  };
}

const meanOf = ({ count, sum_us }: ServerTime): number | null => count > 0 ? sum_us / count : null;

/** june-load's own calls to a service, warm-up included. */
function clientOf(run: Run, service: string): Pick<ServerWork, "issued" | "client_mean_us"> {
  const tasks = run.plan.tasks.filter(({ name, services }) => services.includes(service) && !name.endsWith(".health"));
  if (tasks.some(({ services }) => services.length > 1)) return { issued: null, client_mean_us: null };
  const operations = [...new Set(tasks.map(({ operation }) => operation))];
  const totals = operations.map((name) => run.total({ operations: name }, true));
  const times = totals.map((total) => total.histogram("service_time")).filter(({ count }) => count > 0);
  const count = times.reduce((sum, time) => sum + time.count, 0);
  return {
    issued: totals.reduce((sum, { issued, outcomes }) => sum + issued - outcomes.dropped, 0),
    client_mean_us: count > 0 ? times.reduce((sum, time) => sum + time.count * time.mean, 0) / count : null,
  };
}

/** What a reader must know about a server's figures. */
export function serverNotes(run: Run, { service, restarted, models, issued }: ServerWork): string[] {
  if (restarted) return ["Its counters fell during the run: it was started anew, and they say nothing."];
  if (models.length === 0) return ["It counted no request."];
  const settings = run.plan.services.find(({ name }) => name === service)?.settings ?? null;
  const own = settings !== null && "model" in settings ? settings.model : null;
  const counted = models.filter(({ model }) => model === own).reduce((sum, { ok, failed }) => sum + ok + failed, 0);
  if (issued === null || counted <= issued) return [];
  return [
    `It counted ${formatCount(counted)} requests where june-load made ${formatCount(issued)}: others use it too.`,
  ];
}

/** The mean times of a model's work, in the order a request goes through them. */
export const WORK_TIMES = [
  { of: "mean_us", name: "mean", title: "From the arrival of a request to the end of the model's work" },
  { of: "queue_us", name: "queue", title: "Waiting for an instance of the model" },
  { of: "compute_input_us", name: "input", title: "Making the model's inputs ready" },
  { of: "compute_infer_us", name: "infer", title: "In the model itself" },
  { of: "compute_output_us", name: "output", title: "Taking the model's outputs out" },
] as const;

/** What Triton's figures leave out. */
export const DECOUPLED_NOTE =
  "Of a decoupled model the work is counted up to where the model took the request over, not to the last token.";

/** The figures as lines of text. */
export function serverTexts(run: Run): string[] {
  const lines = serverWork(run).flatMap((server) => {
    const client = server.client_mean_us === null
      ? []
      : [`${server.service}: ${formatDuration(server.client_mean_us)} on average as june-load measured ok calls`];
    const models = server.models.map((work) => {
      const times = WORK_TIMES.flatMap(({ of, name }) => {
        const mean_us = work[of];
        return mean_us === null ? [] : [`${name} ${formatDuration(mean_us)}`];
      });
      const batch = work.batch === null || work.batch === 1 ? [] : [`${formatNumber(work.batch)} a run`];
      const counts = `${formatCount(work.ok)} ok, ${formatCount(work.failed)} failed`;
      return `${plainText(`${server.service}, model ${work.model}`, 120)}: ${[counts, ...times, ...batch].join(", ")}`;
    });
    return [...client, ...models, ...serverNotes(run, server).map((note) => `${server.service}: ${note}`)];
  });
  return lines.length === 0 ? [] : [...lines, DECOUPLED_NOTE];
}
