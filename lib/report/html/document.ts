/** What all pages are: one file with its style, its script, ECharts and its data, and a policy that allows nothing else. */
import { createHash } from "node:crypto";
import type { PageData } from "./page_data.ts";
import { packData } from "./chart_store.ts";
import { type Markup, markup, verbatim } from "./markup.ts";
import bar from "./style/bar.css" with { type: "text" };
import charts from "./style/charts.css" with { type: "text" };
import echarts from "./page/echarts.js" with { type: "text" };
import head from "./style/head.css" with { type: "text" };
import layout from "./style/layout.css" with { type: "text" };
import narrow from "./style/narrow.css" with { type: "text" };
import paper from "./style/paper.css" with { type: "text" };
import script from "./page/bundle.js" with { type: "text" };
import tables from "./style/tables.css" with { type: "text" };
import theme from "./style/theme.css" with { type: "text" };
import compare from "./style/compare.css" with { type: "text" };

const style = theme + layout + bar + head + charts + tables + compare + narrow + paper;

/** What differs from page to page. */
export interface PageParts {
  title: string;
  /** What stays in sight: see `barOf`. */
  bar: Markup;
  /** The content of `main`, from the section with the id `verdict` on. */
  body: Markup;
  data: PageData;
}

/** The whole document. */
export function documentOf({ title, bar, body, data }: PageParts): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${verbatim(style)}</style>
</head>
<body>
<a class="skip" href="#verdict">To the verdict</a>
${bar}<main>
${body}</main>
<script type="application/gzip;base64" id="data">${verbatim(packData(data))}</script>
<script>${verbatim(echarts)}</script>
<script>${verbatim(script)}</script>
</body>
</html>
`.text;
}

/** Allows only the page's two scripts and one style sheet, each by its hash; the page may load nothing. */
export function contentSecurityPolicy(): string {
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  return [
    "default-src 'none'",
    `script-src ${hash(echarts)} ${hash(script)}`,
    `style-src ${hash(style)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}
