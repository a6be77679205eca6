/** The inputs sent to services, as text: files and their shares, the shape of inputs, their measured lengths. */
import { basename } from "node:path";
import { type InputPlan, writeLength } from "../../plan/inputs.ts";
import type { Plan, ServicePlan } from "../../plan/plan.ts";
import { formatBytes, formatCount, formatPercent } from "../../plan/units.ts";
import type { InputRecord } from "../../result/record.ts";
import type { Run } from "../../result/run.ts";
import type { Fact } from "./facts.ts";
import { rowsOf } from "./figures.ts";

/** Most files named; more are only counted. */
const MAX_NAMED = 6;

/** A fact for each service whose inputs are not the built-in ones. */
export function inputFacts(run: Run): Fact[] {
  return run.plan.services.flatMap((service) => {
    const parts = [...filesText(run, service), ...shapeTexts(service.input_plan), ...sentTexts(run, service)];
    const own = service.inputs.length > 0 || service.input_plan !== undefined;
    return own ? [{ name: `inputs ${service.name}`, text: parts.join(" · ") }] : [];
  });
}

/** Each file's share is that of its entries: all entries are equally likely. */
function filesText({ header }: Run, { name, inputs, input_plan }: ServicePlan): string[] {
  if ((input_plan?.input_tokens ?? null) !== null) return [];
  const records = (header.inputs ?? []).filter(({ service }) => service === name);
  if (inputs.length === 0) return ["the built-in ones"];
  const all = records.reduce((sum, { entries }) => sum + entries, 0);
  const named = records.slice(0, MAX_NAMED).map((record) => fileText(record, all));
  const rest = records.slice(MAX_NAMED).reduce((sum, { entries }) => sum + entries, 0);
  return rest === 0 ? named : [...named, `${formatCount(rest)} entries of ${records.length - MAX_NAMED} more`];
}

function fileText({ path, files, entries, bytes, unused }: InputRecord, all: number): string {
  const share = entries === all ? "" : ` (${formatPercent(entries / all)})`;
  const size = `${formatCount(entries)} ${entries === 1 ? "entry" : "entries"}${share}, ${formatBytes(bytes)}`;
  const left = unused === undefined ? "" : `, without the fields ${unused.join(", ")}`;
  return `${basename(path)}: ${size}${files > 1 ? ` in ${formatCount(files)} files` : ""}${left}`;
}

function shapeTexts(plan: InputPlan | undefined): string[] {
  if (plan === undefined) return [];
  const { order, input_tokens, output_tokens, exact_output, shared_prefix, unique, history_turns } = plan;
  const one = shared_prefix?.groups === 1;
  return [
    ...(order === "sequential" ? ["in sequence, each once before any comes again"] : []),
    ...(input_tokens === null ? [] : [`prompts of ${writeLength(input_tokens)} tokens, at 0.75 words a token`]),
    ...(shared_prefix === null ? [] : [
      `${one ? "a shared beginning" : `${formatCount(shared_prefix.groups)} shared beginnings`} of ${
        formatCount(shared_prefix.tokens)
      } tokens`,
    ]),
    ...(unique ? ["each told apart from all others"] : []),
    ...(history_turns === 0
      ? []
      : [`chats that carry up to ${formatCount(history_turns)} earlier questions and answers`]),
    ...(output_tokens === null
      ? []
      : [`answers of ${exact_output ? "exactly" : "at most"} ${writeLength(output_tokens)} tokens`]),
  ];
}

/** How many calls sent what had been sent before. */
function sentTexts(run: Run, { name }: ServicePlan): string[] {
  const operations = operationsOn(run.plan, name);
  const totals = rowsOf(run).operations.filter((row) => operations.has(row.name)).map(({ total }) => total);
  const known = totals.reduce((sum, total) => sum + total.counter("known_inputs"), 0);
  const repeated = totals.reduce((sum, total) => sum + total.counter("repeated_inputs"), 0);
  if (known === 0) return [];
  return [
    `${formatPercent(repeated / known)} of ${formatCount(known)} calls sent what had been sent before in the run`,
  ];
}

function operationsOn({ tasks }: Plan, service: string): Set<string> {
  return new Set(tasks.filter(({ services }) => services.includes(service)).map(({ operation }) => operation));
}
