/** The files and the collector that the flags of single forms name. */
import { dirname, resolve } from "node:path";
import { UserError } from "../../plan/errors.ts";
import type { FormName } from "../../report/form.ts";
import type { FormFiles } from "../../report/report.ts";
import { makeParents } from "../../result/output_file.ts";
import type { FormFlags } from "./form_flags.ts";
import { isAddress, type OtlpTarget, otlpTarget } from "./otlp_push.ts";

const FORM_OF: Record<keyof FormFlags, FormName> = {
  report: "html",
  json: "json",
  csv: "csv",
  markdown: "markdown",
  junit: "junit",
  prometheus: "prometheus",
  hlog: "hlog",
  otlp: "otlp",
};

/**
 * The files of the forms that the flags ask for. Makes their folders, so that a run of an hour does not end in a report
 * that cannot be written.
 * @throws {UserError} kind `usage` for one file asked for twice, `output` where a file cannot be made
 */
export async function formFiles(flags: FormFlags): Promise<FormFiles> {
  const files: Partial<Record<FormName, string>> = {};
  const seen = new Map<string, string>();
  for (const flag of Object.keys(FORM_OF) as (keyof FormFlags)[]) {
    const file = flags[flag];
    if (file === undefined || (flag === "otlp" && isAddress(file))) continue;
    const other = seen.get(resolve(file));
    if (other !== undefined) {
      throw new UserError("usage", `--${other} and --${flag}: both would write "${file}"; name two files`);
    }
    seen.set(resolve(file), flag);
    await makeWay(flag, file);
    files[FORM_OF[flag]] = file;
  }
  return files;
}

/**
 * The collector that --otlp names; null where it names none.
 * @throws {UserError} kind `usage` for an address that cannot be read
 */
export function collectorOf({ otlp }: FormFlags, env: Readonly<Record<string, string>>): OtlpTarget | null {
  return otlp !== undefined && isAddress(otlp) ? otlpTarget(otlp, env) : null;
}

async function makeWay(flag: string, file: string): Promise<void> {
  const found = await Deno.stat(file).catch(() => null);
  if (found?.isDirectory === true || file.endsWith("/") || file === "") {
    throw new UserError("usage", `--${flag}: cannot write "${file}", which is a folder; name a file in it`);
  }
  await makeParents(dirname(file));
}
