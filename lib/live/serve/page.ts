/** The page: a frame of HTML that its script fills. */
import echarts from "../../report/html/page/echarts.js" with { type: "text" };
import theme from "../../report/html/style/theme.css" with { type: "text" };
import type { Asset } from "./assets.ts";

const HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>june-load</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/theme.css">
<link rel="stylesheet" href="/assets/page.css">
<script src="/assets/echarts.js" defer></script>
<script src="/assets/page.js" defer></script>
</head>
<body>
<div id="page"></div>
<noscript>This page needs JavaScript. Without it: june-load run SCENARIO shows the same in the terminal.</noscript>
</body>
</html>
`;

/** The files of the page, by their names. */
export const PAGE_FILES: Readonly<Record<string, Asset>> = {
  "": { type: "text/html; charset=utf-8", text: HTML },
  "theme.css": { type: "text/css; charset=utf-8", text: theme },
  "echarts.js": { type: "text/javascript; charset=utf-8", text: echarts },
};
