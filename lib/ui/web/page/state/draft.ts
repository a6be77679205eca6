/** What the user has chosen and typed before a start, and what of it is asked of the server. */
import { parseDuration, writeDuration } from "../../../../plan/units.ts";
import type { Fields, PlanRequest } from "../../api.ts";

/** The fields with a number or a duration. */
export type FieldName = "users" | "spawn_rate_per_s" | "arrivals_per_s" | "duration_ms";

/** Chosen and typed. Fields and addresses hold only what differs from the plan's own. */
export interface Draft {
  scenario: string;
  /** Null: as in the file. */
  yaml: string | null;
  fields: Partial<Record<FieldName, string>>;
  hosts: Readonly<Record<string, string>>;
  simulator: boolean;
}

/** A scenario as it is in its file. */
export function untouched(scenario: string, simulator = false): Draft {
  return { scenario, yaml: null, fields: {}, hosts: {}, simulator };
}

/** Whether anything but the scenario was chosen. */
export function isTouched({ yaml, fields, hosts, simulator }: Draft): boolean {
  return yaml !== null || simulator || Object.keys(fields).length + Object.keys(hosts).length > 0;
}

/** Why a field's text cannot be used; null where it can. */
export function faultOf(name: FieldName, text: string): string | null {
  return name === "duration_ms" ? durationFault(text) : numberFault(name, text);
}

function durationFault(text: string): string | null {
  const read = parseDuration(text);
  if (!read.ok) return read.error;
  return read.value > 0 ? null : "A run needs some time: 5m, 1h30m";
}

function numberFault(name: FieldName, text: string): string | null {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value <= 0) return "A number above 0";
  return name === "users" && !Number.isInteger(value) ? "A whole number" : null;
}

/** The text of a field as the plan has it; null: the plan has no such field. */
export function planText(name: FieldName, fields: Fields | null): string | null {
  const value = fields?.[name] ?? null;
  if (value === null) return null;
  return name === "duration_ms" ? writeDuration(value * 1000) : String(Number(value.toPrecision(6)));
}

/** Faults of the fields that were changed. */
export function faultsOf(draft: Draft): Partial<Record<FieldName, string>> {
  const found = Object.entries(draft.fields).flatMap(([name, text]) => {
    const fault = faultOf(name as FieldName, text);
    return fault === null ? [] : [[name, fault]];
  });
  return Object.fromEntries(found) as Partial<Record<FieldName, string>>;
}

/** What is sent: of the fields only those that were changed, and can be read. */
export function requestOf(draft: Draft): PlanRequest {
  const faults = faultsOf(draft);
  const fields: Partial<Fields> = {};
  for (const [key, text] of Object.entries(draft.fields)) {
    const name = key as FieldName;
    if (faults[name] !== undefined) continue;
    const read = name === "duration_ms" ? parseDuration(text) : null;
    fields[name] = read?.ok === true ? read.value / 1000 : Number(text);
  }
  if (Object.keys(draft.hosts).length > 0) fields.hosts = { ...draft.hosts };
  if (draft.simulator) fields.simulator = true;
  return { scenario: draft.scenario, yaml: draft.yaml, ...(Object.keys(fields).length > 0 && { fields }) };
}
