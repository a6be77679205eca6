/** The forms of a saved run's report: what is there as a file, and what is made from the result when it is asked for. */
import { basename } from "node:path";
import { readResult } from "../../result/file.ts";
import { type FormName, formRenderer } from "../../report/form.ts";
import type { ReportView } from "../../ui/web/api.ts";
import { evaluate } from "../../verdict/evaluate.ts";
import { HttpError } from "../guard/http_error.ts";
import { reply } from "../serve/replies.ts";

/** A form that can be made from any result. */
interface Made {
  title: string;
  file: string;
  type: string;
}

const MADE: Readonly<Record<FormName, Made>> = {
  html: { title: "Page", file: "report.html", type: "text/html; charset=utf-8" },
  json: { title: "JSON", file: "report.json", type: "application/json; charset=utf-8" },
  csv: { title: "All figures (CSV)", file: "measures.csv", type: "text/csv; charset=utf-8" },
  markdown: { title: "Markdown", file: "report.md", type: "text/markdown; charset=utf-8" },
  junit: { title: "JUnit", file: "junit.xml", type: "application/xml; charset=utf-8" },
  prometheus: { title: "Prometheus", file: "metrics.prom", type: "text/plain; charset=utf-8" },
  hlog: { title: "HdrHistogram log", file: "times.hlog", type: "text/plain; charset=utf-8" },
  otlp: { title: "OpenTelemetry", file: "otlp.json", type: "application/json; charset=utf-8" },
};

/** Files of a run's folder by their ending, with their types; others are not served. */
const TYPES: Readonly<Record<string, string>> = {
  ndjson: "application/x-ndjson",
  csv: "text/csv; charset=utf-8",
  txt: "text/plain; charset=utf-8",
  png: "image/png",
  svg: "image/svg+xml",
};

/** A file of a run's folder. */
interface Found {
  title: string;
  path: string;
  type: string;
}

/** The report of a run: its page, and everything to download. */
export async function reportOf(id: string, dir: string): Promise<ReportView> {
  const made = Object.values(MADE).map(({ title, file }) => ({ name: title, file, href: `/reports/${id}/${file}` }));
  const files = [...await filesOf(dir)].map(([file, { title }]) => ({
    name: title,
    file,
    href: `/reports/${id}/${file}`,
  }));
  return { html: `/reports/${id}/${MADE.html.file}`, forms: [...made, ...files] };
}

/** The files of a run's folder by the name under which they are served: only what lies there, and no links. */
async function filesOf(dir: string): Promise<Map<string, Found>> {
  const files = new Map<string, Found>();
  const stamp = `june_load_${basename(dir)}_`;
  for (const folder of [dir, `${dir}/analysis`]) {
    for (const name of await namesIn(folder)) {
      const type = TYPES[name.slice(name.lastIndexOf(".") + 1)];
      // The table of all figures is one of the forms.
      if (type === undefined || name === `${stamp}measures.csv`) continue;
      const title = name.startsWith(stamp) ? name.slice(stamp.length) : name;
      files.set(folder === dir ? title : `analysis_${title}`, { title, path: `${folder}/${name}`, type });
    }
  }
  return files;
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) if (isFile) names.push(name);
  } catch {
    // A folder that is not there holds nothing.
  }
  return names.sort();
}

/**
 * One form of a run.
 * @throws {HttpError} 404 for a name that is none
 * @throws {UserError} for a result that cannot be read
 */
export async function formOf(dir: string, file: string, version: string): Promise<Response> {
  const form = (Object.keys(MADE) as FormName[]).find((name) => MADE[name].file === file);
  if (form !== undefined) return await madeForm(dir, form, version);
  const found = (await filesOf(dir)).get(file);
  if (found === undefined) throw new HttpError(404, "This run has no such file");
  const opened = await Deno.open(found.path);
  return download(opened.readable, found.type, file);
}

async function madeForm(dir: string, form: FormName, version: string): Promise<Response> {
  const { type, file } = MADE[form];
  // The page that the run wrote may hold a comparison, and is quicker.
  const written = form === "html" ? await writtenPage(dir) : null;
  const text = written ?? await render(dir, form, version);
  return form === "html" ? opened(text) : download(text, type, file);
}

async function render(dir: string, form: FormName, version: string): Promise<string> {
  const run = await readResult(dir);
  return await formRenderer(run, evaluate(run), { version })(form);
}

/** Largest page that is read. */
const PAGE_MAX_BYTES = 64 * 1024 * 1024;

async function writtenPage(dir: string): Promise<string | null> {
  const path = `${dir}/june_load_${basename(dir)}.html`;
  const info = await Deno.lstat(path).catch(() => null);
  return info?.isFile === true && info.size <= PAGE_MAX_BYTES ? await Deno.readTextFile(path) : null;
}

/** `"`, `;` and line breaks would leave the header's parameter. */
const plainName = (name: string) => name.replaceAll(/[^\w.-]/g, "_");

function download(body: string | ReadableStream<Uint8Array>, type: string, file: string): Response {
  const headers = { "content-type": type, "content-disposition": `attachment; filename="${plainName(file)}"` };
  return reply(body, { ...headers, "content-security-policy": "default-src 'none'; sandbox" });
}

/** What a page of a report may do where it says nothing itself: show itself. */
const PLAIN_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/**
 * A report's page in place: with the policy it came with, and as a page of nobody, so that not even a fault in it could
 * give commands.
 */
export function opened(page: string): Response {
  const own = policyOf(page);
  return reply(page, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": `${
      own ?? PLAIN_POLICY
    }; frame-ancestors 'self'; sandbox allow-scripts allow-downloads allow-modals allow-popups`,
    "x-frame-options": "SAMEORIGIN",
  });
}

/** The policy that stands in a page's head; null where there is none that a header can hold. */
function policyOf(page: string): string | null {
  const found = /<meta http-equiv="Content-Security-Policy" content="([^"<>]{1,4000})">/.exec(page.slice(0, 16_384))
    ?.[1];
  const policy = found?.replace(/&#(\d{1,3});/g, (_, code) => String.fromCharCode(Number(code)));
  return policy !== undefined && /^[\x20-\x7e]+$/.test(policy) ? policy : null;
}
