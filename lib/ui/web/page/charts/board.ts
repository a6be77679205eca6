/** The charts of one part of the page: drawn by the report's own module, on one clock, anew whenever there is more to show. */
import type { Timed } from "../../../../report/charts/axis.ts";
import { spanOf } from "../../../../report/charts/axis.ts";
import { type PageMark, stageSpans } from "../../../../report/charts/marks.ts";
import { panelChart } from "../../../../report/charts/panels.ts";
import type { PageData } from "../../../../report/html/chart_data.ts";
import { Clock } from "../../../../report/html/page/clock.ts";
import { Cursor } from "../../../../report/html/page/cursor.ts";
import { PageCharts } from "../../../../report/html/page/draw.ts";
import { drawLanes } from "../../../../report/html/page/lanes.ts";
import type { LivePanel } from "./live_panels.ts";

/** The heads of the figures that the charts stand in. */
export type Heads = ReadonlyMap<string, { title: string; note: string; over: boolean; color: string; text: string }>;

/** Draws into figures that are on the page already, by their ids. */
export class Board {
  readonly data = emptyData();
  readonly clock = new Clock(1);
  readonly #charts = new PageCharts(this.data, this.clock);
  readonly #cursors = new Map<string, Cursor>();

  /** Takes what the charts show now; `draw` brings it to the page. */
  take(panels: readonly LivePanel[], timed: Timed, marks: readonly PageMark[]): Heads {
    const { data } = this;
    data.marks = [...marks];
    data.span_s = spanOf(timed);
    data.stages = stageSpans(timed);
    data.charts = {};
    data.lines = {};
    data.positions = [];
    const heads = new Map<string, { title: string; note: string; over: boolean; color: string; text: string }>();
    for (const [id, panel] of panels) {
      const { lines, cells: _, ...chart } = panelChart(timed, panel);
      data.charts[id] = chart;
      const { title, note, over, color, description: text } = chart;
      heads.set(id, { title, note, over, color, text });
      for (const [name, { at, ...line }] of Object.entries(lines)) {
        const known = data.positions.indexOf(at);
        data.lines[name] = { ...line, at: known < 0 ? data.positions.push(at) - 1 : known };
      }
    }
    return heads;
  }

  /** Draws what was taken. */
  draw(): void {
    this.clock.stretch(this.data.span_s);
    this.#charts.renew();
    drawLanes(this.data, this.clock);
    for (const id of Object.keys(this.data.charts)) {
      const cursor = this.#cursors.get(id) ?? Cursor.of(this.data, id, this.clock);
      if (cursor === null) continue;
      this.#cursors.set(id, cursor);
      cursor.renew();
    }
  }

  /** Draws in other colours. */
  recolor(): void {
    this.#charts.drawAll();
  }

  /** Fits the charts to another width. */
  resize(): void {
    this.#charts.resize();
  }

  /** Takes everything off the page. */
  dispose(): void {
    this.#charts.dispose();
  }
}

function emptyData(): PageData {
  return {
    run: { tool: "", scenario: "", started_at: "", status: "", sentence: "" },
    objectives: [],
    operations: [],
    span_s: 1,
    stages: [],
    findings: [],
    marks: [],
    positions: [],
    lines: {},
    cells: {},
    charts: {},
  };
}
