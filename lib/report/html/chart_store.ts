/** The charts of a page and their lines, each kept once, and the form in which the page holds them. */
import { gzipSync } from "node:zlib";
import type { CellData, LineData } from "../charts/chart.ts";
import type { NamedChart } from "../charts/response_charts.ts";
import type { PageChart, PageData, StoredLine } from "./page_data.ts";

/** Collects charts; lines and positions that several share are kept once. */
export class ChartStore {
  readonly #positions: Array<readonly number[]> = [];
  readonly #known = new Map<string, number>();
  readonly #lines: Record<string, StoredLine> = {};
  readonly #cells: Record<string, CellData> = {};
  readonly #charts: Record<string, PageChart> = {};

  /** Takes charts, and returns their places. */
  add(charts: readonly NamedChart[]): string[] {
    return charts.map(([id, { lines, cells, ...chart }]) => {
      for (const [name, line] of Object.entries(lines)) this.#lines[name] ??= this.#stored(line);
      Object.assign(this.#cells, cells);
      this.#charts[id] = chart;
      return id;
    });
  }

  #stored({ at, ...line }: LineData): StoredLine {
    const key = at.join(" ");
    const found = this.#known.get(key) ?? this.#positions.push(at) - 1;
    this.#known.set(key, found);
    return { ...line, at: found };
  }

  /** All that was taken. */
  content(): Pick<PageData, "positions" | "lines" | "cells" | "charts"> {
    return { positions: this.#positions, lines: this.#lines, cells: this.#cells, charts: this.#charts };
  }
}

/** The data as it stands in the page: gzip in base64. */
export function packData(data: PageData): string {
  return gzipSync(JSON.stringify(data), { level: 6 }).toString("base64");
}
