/** The plan that ran, so that the report shows what produced it. */
import { formatBytes, formatCount, formatDuration, formatPercent, writeDuration } from "../../../plan/units.ts";
import type { LoadPlan, Plan, ServicePlan } from "../../../plan/plan.ts";
import type { Run } from "../../../result/run.ts";
import { steeredText } from "../../../verdict/steered.ts";
import { type Fact, loadText, thinkText } from "../../figures/facts.ts";
import { objectivesText } from "../../figures/goodput.ts";
import { inputFacts } from "../../figures/inputs.ts";
import { factList } from "./findings.ts";
import { type Markup, markup } from "../markup.ts";

/** Scenario, load, stages, services, mix and machine. */
export function planSection(run: Run): Markup {
  const { plan, header } = run;
  const { host } = header;
  const facts: Fact[] = [
    {
      name: "scenario",
      text: [plan.scenario, plan.description, `(${plan.source})`].filter((t) => t !== "").join(" · "),
    },
    ...plan.loads.map((load): Fact => ({
      name: plan.loads.length === 1 ? "load" : `load ${load.name}`,
      text: loadFact(load),
    })),
    ...steeredFacts(run),
    { name: "duration", text: `${time(plan.duration_ms)}, then ${time(plan.grace_ms)} of grace for calls in flight` },
    { name: "stages", text: plan.stages.map(stageText).join(" · ") },
    { name: "tasks", text: mixText(plan) },
    ...(plan.objectives.length === 0
      ? []
      : [{ name: "objectives", text: `a good call is ok and meets ${objectivesText(plan.objectives)}` }]),
    ...plan.services.map((service) => serviceFact(run, service)),
    ...inputFacts(run),
    { name: "transport", text: `${plan.transport}, ${plan.workers} ${plan.workers === 1 ? "worker" : "workers"}` },
    { name: "seed", text: String(plan.seed) },
    {
      name: "made on",
      text: `${host.name}, ${host.os}, ${host.cpus} cores, ${formatBytes(host.memory_bytes)}`,
    },
    { name: "made by", text: header.tool },
  ];
  const intro = run.steered.length === 0
    ? "The load as planned. The same plan and seed make the same choices."
    : "The load as it was steered by hand. The same plan, seed and changes make the same choices.";
  return markup`<h2 id="plan">Plan</h2>
<p>${intro}</p>
${factList(facts)}`;
}

function steeredFacts(run: Run): Fact[] {
  const text = steeredText(run);
  if (text === null) return [];
  const { loads, duration_ms } = run.header.plan;
  return [{ name: "steered", text }, { name: "planned before", text: `${loadText({ loads })}, ${time(duration_ms)}` }];
}

function loadFact(load: LoadPlan): string {
  const one = loadText({ loads: [load] });
  if (load.kind === "closed") return `closed: ${one}, ${thinkText({ loads: [load] })}`;
  const spacing = load.spacing === "poisson" ? "at random (Poisson)" : "evenly spaced";
  return `open: ${one}, ${spacing}; at most ${
    formatCount(load.max_in_flight)
  } tasks in flight, an arrival waits at most ${time(load.max_wait_ms)}`;
}

const time = (ms: number) => formatDuration(ms * 1000);

function stageText({ name, start_ms, end_ms, warm_up, ramp }: Plan["stages"][number]): string {
  const length = writeDuration((end_ms - start_ms) * 1000);
  return `${name} ${length}${warm_up ? " (warm-up)" : ramp === true ? " (left out of percentiles)" : ""}`;
}

function mixText({ tasks }: Plan): string {
  const sum = tasks.reduce((total, { weight }) => total + weight, 0);
  return tasks.map(({ name, weight }) => `${formatPercent(weight / sum)} ${name}`).join(" · ");
}

function serviceFact(run: Run, service: ServicePlan): Fact {
  const { name, kind, protocol, address, connections, timeout_ms, transparent_retry, tls, proxy, auth, metadata } =
    service;
  const found = run.header.services.find((one) => one.name === name);
  const parts = [
    `${kind} at ${address}`,
    protocol,
    `${connections} ${connections === 1 ? "connection" : "connections"} a worker`,
    `timeout ${time(timeout_ms)}`,
    ...(transparent_retry ? [] : ["no transparent retries"]),
    ...(service.wait_for_ready === true ? ["calls wait until connected"] : []),
    ...(tls === null ? [] : [tls.insecure ? "TLS WITHOUT CHECKING THE CERTIFICATE" : "TLS"]),
    ...(proxy === undefined ? [] : [`through the proxy ${proxy.address}`]),
    ...(auth === undefined ? [] : ["bearer token"]),
    ...(metadata.length === 0 ? [] : [`metadata ${metadata.map(({ key }) => key).join(", ")}`]),
    ...(found?.addresses === undefined ? [] : [`spread over ${found.addresses} addresses`]),
    ...(service.addresses === "pick_first" ? ["first address only"] : []),
    ...(found === undefined
      ? []
      : [`before the run: ${found.state}${found.details === "" ? "" : `, ${found.details}`}`]),
  ];
  return { name: `service ${name}`, text: parts.join(" · ") };
}
