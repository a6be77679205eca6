/** The runs in the output folders. They are named by ids of ours, so that no request names a path. */
import { createHash } from "node:crypto";
import { basename, resolve } from "node:path";
import { readResult } from "../../result/file.ts";
import type { HistoryEntry } from "../../ui/web/api.ts";
import { evaluate } from "../../verdict/evaluate.ts";
import { HttpError } from "../guard/http_error.ts";
import { reportOf } from "./forms.ts";

/** Most runs that are listed, the newest. */
const MAX_RUNS = 200;
/** Runs without a JSON report are judged for so long; those left come with the next request. */
const JUDGED_FOR_MS = 1500;
/** A report's JSON tells what came of the run at its beginning. */
const HEAD_BYTES = 512 * 1024;
const STAMP = /^\d{8}_\d{6}(_\d+)?$/;

/** What came of a run. */
type Outcome = Pick<HistoryEntry, "scenario" | "started_at" | "duration_ms" | "status" | "sentence" | "calls">;

/** Finds saved runs, and remembers what came of each. */
export class SavedRuns {
  readonly #ids = new Map<string, string>();
  readonly #dirs = new Map<string, string>();
  readonly #outcomes = new Map<string, { key: string; outcome: Outcome }>();

  /** @param folders `FOLDER/SCENARIO/TIMESTAMP/` */
  constructor(readonly folders: () => readonly string[]) {}

  /** The id of a run's folder: the one that it was given, else one made from its path. */
  idOf(dir: string, given?: string): string {
    const path = resolve(dir);
    const id = this.#ids.get(path) ?? given ?? createHash("sha256").update(path).digest("base64url").slice(0, 16);
    this.#ids.set(path, id);
    this.#dirs.set(id, path);
    return id;
  }

  /**
   * The folder of a run.
   * @throws {HttpError} 404 for an id that was never given out
   */
  async dirOf(id: string): Promise<string> {
    if (!this.#dirs.has(id)) { for (const dir of await this.#find()) this.idOf(dir); }
    const dir = this.#dirs.get(id);
    if (dir === undefined) throw new HttpError(404, "There is no such run");
    return dir;
  }

  /**
   * All runs, the newest first.
   * @param busy a run is under way: no time is spent on judging others
   * @param current the folder of the run under way
   */
  async list(busy: boolean, current: string | null): Promise<HistoryEntry[]> {
    const begun_ms = performance.now();
    const entries: HistoryEntry[] = [];
    for (const dir of await this.#find()) {
      const id = this.idOf(dir);
      const isCurrent = current !== null && resolve(current) === resolve(dir);
      const patient = !busy && performance.now() - begun_ms < JUDGED_FOR_MS;
      const outcome = isCurrent ? unknown(dir) : await this.#outcome(dir, patient);
      entries.push({ id, ...outcome, report: isCurrent ? null : await reportOf(id, dir) });
    }
    return entries;
  }

  async #find(): Promise<string[]> {
    const found: string[] = [];
    for (const folder of this.folders()) {
      for (const scenario of await foldersIn(folder)) {
        for (const dir of await foldersIn(scenario)) if (STAMP.test(basename(dir))) found.push(dir);
      }
    }
    const named = (dir: string) => basename(dir).replace(/_(\d+)$/, (_, n) => `_${n.padStart(6, "0")}`);
    return found.sort((a, b) => named(b).localeCompare(named(a))).slice(0, MAX_RUNS);
  }

  async #outcome(dir: string, patient: boolean): Promise<Outcome> {
    const info = await Deno.lstat(`${dir}/result.ndjson`).catch(() => null);
    const key = `${info?.size} ${info?.mtime?.getTime()}`;
    const known = this.#outcomes.get(dir);
    if (known?.key === key) return known.outcome;
    if (info?.isFile !== true) return { ...unknown(dir), sentence: "Its result is gone" };
    const outcome = await fromJson(dir) ?? (patient ? await fromResult(dir) : null);
    if (outcome === null) return unknown(dir);
    this.#outcomes.set(dir, { key, outcome });
    return outcome;
  }
}

/** Folders in a folder, but for links: they would lead out of it, or count a run twice. */
async function foldersIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) if (isDirectory) found.push(`${folder}/${name}`);
  } catch {
    // Not made yet, or not ours to read: it holds no runs.
  }
  return found;
}

function unknown(dir: string): Outcome {
  const [scenario = ""] = dir.split("/").slice(-2);
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)/.exec(basename(dir)) ?? [];
  const started_at = `${y}-${mo}-${d}T${h}:${mi}:${s}.000Z`;
  return { scenario, started_at, duration_ms: null, status: null, sentence: "", calls: null };
}

/** What the beginning of a report's JSON says; null where there is none, or of another form. */
async function fromJson(dir: string): Promise<Outcome | null> {
  const text = await startOf(`${dir}/june_load_${basename(dir)}.json`);
  const end = text?.indexOf('\n  "operations": [') ?? -1;
  if (text === null || end < 0) return null;
  try {
    const { plan, started_at, verdict, total, end: mark, elapsed_ms } = JSON.parse(
      `${text.slice(0, end).replace(/,\s*$/, "")}}`,
    );
    return {
      scenario: String(plan.scenario),
      started_at: String(started_at),
      duration_ms: mark === null ? null : Number(elapsed_ms),
      status: String(verdict.status),
      sentence: String(verdict.sentence),
      calls: Number(total.calls),
    };
  } catch {
    return null;
  }
}

async function startOf(path: string): Promise<string | null> {
  try {
    if (!(await Deno.lstat(path)).isFile) return null;
    using file = await Deno.open(path);
    const bytes = new Uint8Array(HEAD_BYTES);
    let length = 0;
    for (;;) {
      const read = await file.read(bytes.subarray(length));
      if (read === null || (length += read) === bytes.length) break;
    }
    return new TextDecoder().decode(bytes.subarray(0, length));
  } catch {
    return null;
  }
}

async function fromResult(dir: string): Promise<Outcome> {
  try {
    const run = await readResult(dir);
    const { status, sentence } = evaluate(run);
    return {
      scenario: run.plan.scenario,
      started_at: run.header.started_at,
      duration_ms: run.end === null ? null : run.elapsed_ms,
      status,
      sentence,
      calls: run.total({}, true).issued,
    };
  } catch (error) {
    return { ...unknown(dir), sentence: error instanceof Error ? error.message : String(error) };
  }
}
