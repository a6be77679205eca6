/**
 * The report's script: draws its charts from the data beside it, and makes the page easy to find one's way in.
 * `deno task bundle:page` makes `bundle.js` of it, which the page holds.
 */
import { browser, byId } from "./browser.ts";
import { Clock } from "./clock.ts";
import { prepareContents } from "./contents.ts";
import { Cursor } from "./cursor.ts";
import { unpackData } from "./data.ts";
import { prepareDownloads } from "./download.ts";
import { PageCharts } from "./draw.ts";
import { prepareSearch } from "./find.ts";
import { prepareLanes } from "./lanes.ts";
import { preparePrinting } from "./paper.ts";
import { prepareFindings } from "./strip.ts";
import { prepareTables } from "./tables.ts";
import { prepareTheme } from "./theme.ts";

async function start(): Promise<void> {
  prepareTables();
  prepareSearch();
  const data = await unpackData(byId("data")?.textContent ?? "");
  const clock = new Clock(data.span_s);
  const charts = new PageCharts(data, clock);
  for (const id of Object.keys(data.charts)) Cursor.of(data, id, clock);
  for (const fold of browser.document.querySelectorAll("details")) {
    fold.addEventListener("toggle", () => charts.drawShown());
  }
  browser.addEventListener("resize", () => charts.resize());
  prepareTheme(() => charts.drawAll());
  preparePrinting(clock, () => charts.drawAll());
  charts.drawAll();
  prepareFindings(data, clock);
  prepareLanes(data, clock);
  // After the charts have their height, or the address would name another place.
  prepareContents();
  prepareDownloads(data);
  // Tests and programs that take pictures wait for it.
  browser.document.documentElement.dataset.ready = "";
}

void start();
