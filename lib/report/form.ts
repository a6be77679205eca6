/** The single forms of a report: each is one text, made from the saved run and nothing else. */
import type { Run } from "../result/run.ts";
import type { Verdict } from "../verdict/verdict.ts";
import { renderMeasuresCsv } from "./csv/measures.ts";
import { renderComparisonMarkdown } from "./compare/markdown.ts";
import type { ComparisonReport } from "./figures/comparison.ts";
import { renderHlog } from "./forms/hlog.ts";
import { renderJunit } from "./forms/junit.ts";
import { renderMarkdown } from "./forms/markdown.ts";
import { renderOtlp } from "./forms/otlp.ts";
import { renderPrometheus } from "./forms/prometheus.ts";
import { renderJson } from "./json.ts";

/** Names of the forms. */
export const FORM_NAMES = ["html", "json", "csv", "markdown", "junit", "prometheus", "hlog", "otlp"] as const;
/** Name of a form: `csv` is the tidy table of all figures, one a row. */
export type FormName = typeof FORM_NAMES[number];

/** What a form may show besides the run. */
export interface FormOptions {
  /** june-load's version, for the foot of the page. */
  version: string;
  /** This run beside an earlier one. */
  baseline?: ComparisonReport;
}

/** Makes the text of a form; the same run, verdict and options give the same text. */
export type FormRenderer = (form: FormName) => Promise<string>;

/**
 * Renders forms of one run, each at most once.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../tests/result/make_run.ts"; // sixty made-up seconds
 * import { evaluate } from "../verdict/evaluate.ts";
 *
 * const run = makeRun();
 * const render = formRenderer(run, evaluate(run), { version: "0.1.0" });
 * assert.match(await render("markdown"), /^## .* PASS: sample/);
 * ```
 */
export function formRenderer(run: Run, verdict: Verdict, options: FormOptions): FormRenderer {
  const made = new Map<FormName, Promise<string>>();
  return (form) => {
    const text = made.get(form) ?? Promise.resolve(FORMS[form](run, verdict, options));
    made.set(form, text);
    return text;
  };
}

const FORMS: Record<FormName, (run: Run, verdict: Verdict, options: FormOptions) => string | Promise<string>> = {
  html: async (run, verdict, options) => {
    // Loaded here and not above: the page carries a megabyte of ECharts that the other forms do not need.
    const { renderHtml } = await import("./html/page.ts");
    return renderHtml(run, verdict, options);
  },
  json: (run, verdict) => renderJson(run, verdict),
  csv: (run) => renderMeasuresCsv(run),
  markdown: (run, verdict, options) => renderMarkdownForm(run, verdict, options),
  junit: (run, verdict) => renderJunit(run, verdict),
  prometheus: (run, verdict) => renderPrometheus(run, verdict),
  hlog: (run) => renderHlog(run),
  otlp: (run, verdict) => renderOtlp(run, verdict),
};

/**
 * The Markdown form in at most so many bytes of UTF-8.
 * @param limit_bytes default: no limit
 */
export function renderMarkdownForm(
  run: Run,
  verdict: Verdict,
  { baseline }: FormOptions,
  limit_bytes = Infinity,
): string {
  const comparison = baseline === undefined ? null : renderComparisonMarkdown(baseline, "####");
  return renderMarkdown(run, verdict, { comparison, limit_bytes });
}
