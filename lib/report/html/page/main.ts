/**
 * The report's script: draws its charts from the JSON beside it. `deno task bundle:page` makes `bundle.js` of it,
 * which the page holds.
 */
import type { ChartData } from "../chart_data.ts";
import { browser } from "./browser.ts";
import { PageCharts } from "./draw.ts";
import { preparePrinting } from "./paper.ts";

function start(): void {
  const { document } = browser;
  const data = JSON.parse(document.getElementById("chart-data")?.textContent ?? "") as ChartData;
  const choice = document.getElementById("pick-operation");
  const charts = new PageCharts(data, choice?.value ?? "");
  const label = choice?.closest(".pick") ?? null;
  if (label !== null) label.hidden = false;
  choice?.addEventListener("change", () => charts.choose(choice.value));
  browser.addEventListener("resize", () => charts.resize());
  browser.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.drawAll());
  preparePrinting(() => charts.drawAll());
  charts.drawAll();
}

start();
