/** Bodies of commands, read with care: they come from whoever reaches the port. */
import { SERVICE_NAME_MAX } from "./limits.ts";
import type { Fields, PlanRequest } from "../../ui/web/api.ts";
import { HttpError } from "../guard/http_error.ts";

type Plain = Readonly<Record<string, unknown>>;

const isPlain = (value: unknown): value is Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The body of `/api/plan`, `/api/check` and `/api/start`.
 * @throws {HttpError} 400 for anything else
 */
export function planRequest(body: unknown): PlanRequest {
  if (!isPlain(body)) throw bad("send {scenario, yaml, fields}");
  const { scenario, yaml = null, fields = {} } = body;
  if (typeof scenario !== "string") throw bad('"scenario" must be the id of a scenario');
  if (yaml !== null && typeof yaml !== "string") throw bad('"yaml" must be a text or null');
  if (!isPlain(fields)) throw bad('"fields" must be a map');
  return { scenario, yaml, fields: readFields(fields) };
}

/** What each field must be; null: as in the plan. */
const NUMBERS = ["users", "spawn_rate_per_s", "arrivals_per_s", "duration_ms"] as const;

function readFields(given: Plain): Partial<Fields> {
  const fields: Partial<Fields> = {};
  for (const name of NUMBERS) {
    const value = given[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== "number" || !Number.isFinite(value)) throw bad(`"${name}" must be a number`);
    fields[name] = value;
  }
  const { simulator, hosts } = given;
  if (simulator !== undefined && simulator !== null) {
    if (typeof simulator !== "boolean") throw bad('"simulator" must be true or false');
    fields.simulator = simulator;
  }
  if (hosts !== undefined && hosts !== null) fields.hosts = readHosts(hosts);
  return fields;
}

function readHosts(hosts: unknown): Record<string, string> {
  if (!isPlain(hosts)) throw bad('"hosts" must be a map from services to addresses');
  return Object.fromEntries(
    Object.entries(hosts).map(([name, address]) => {
      if (typeof address !== "string" || name.length > SERVICE_NAME_MAX) {
        throw bad('"hosts" must be a map from services to addresses');
      }
      return [name, address];
    }),
  );
}

const bad = (what: string) => new HttpError(400, `Cannot read this request: ${what}`);
