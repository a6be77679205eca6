/** The page and all that it loads, as texts: so the compiled program holds them. */
import echarts from "../../../report/html/page/echarts.js" with { type: "text" };
import bar from "../../../report/html/style/bar.css" with { type: "text" };
import charts from "../../../report/html/style/charts.css" with { type: "text" };
import head from "../../../report/html/style/head.css" with { type: "text" };
import layout from "../../../report/html/style/layout.css" with { type: "text" };
import narrow from "../../../report/html/style/narrow.css" with { type: "text" };
import tables from "../../../report/html/style/tables.css" with { type: "text" };
import theme from "../../../report/html/style/theme.css" with { type: "text" };
import script from "./bundle.js" with { type: "text" };
import controls from "./style/controls.css" with { type: "text" };
import form from "./style/form.css" with { type: "text" };
import live from "./style/live.css" with { type: "text" };
import small from "./style/small.css" with { type: "text" };

/** A file that the page loads from `/assets/NAME`. */
export interface Asset {
  /** Media type. */
  type: string;
  text: string;
}

/** The page. It has no script and no style of its own, so that its policy can forbid them. */
export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>june-load</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/live.css">
</head>
<body class="live-page">
<div id="page"></div>
<noscript>This page needs JavaScript. The terminal shows the run as well.</noscript>
<script src="/assets/echarts.js" defer></script>
<script src="/assets/live.js" defer></script>
</body>
</html>
`;

/** What the page loads, by name. */
export const ASSETS: Readonly<Record<string, Asset>> = {
  "live.css": {
    type: "text/css; charset=utf-8",
    text: theme + layout + bar + head + charts + tables + narrow + live + controls + form + small,
  },
  "live.js": { type: "text/javascript; charset=utf-8", text: script },
  "echarts.js": { type: "text/javascript; charset=utf-8", text: echarts },
};
