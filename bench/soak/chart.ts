/** The chart of a soak: memory, descriptors and lateness over time, as SVG. */
import { init, type LineSeriesOption } from "echarts";
import type { Lateness } from "./judge.ts";
import type { Sample } from "./process.ts";

/** Paper is light whatever the screen, as in the report's pictures. */
const COLORS = { paper: "#fcfcfa", ink: "#1b1f24", ink_2: "#57606a", line: "#e4e6e8", data: "#1f6fb2" };
const PANEL = { height: 130, gap: 60, top: 60 };

interface Panel {
  title: string;
  points: [minutes: number, value: number][];
  /** Whether the axis begins at 0: what may not grow is seen best from there. */
  fromZero: boolean;
}

/** Draws one. */
export function soakChart(title: string, samples: readonly Sample[], lateness: readonly Lateness[]): string {
  const panels: Panel[] = [
    { title: "resident memory, MB", points: samples.map((one) => [one.t_s / 60, one.rss_bytes / 1e6]), fromZero: true },
    { title: "open descriptors", points: samples.map((one) => [one.t_s / 60, one.descriptors]), fromZero: true },
    {
      title: "how late calls start, P99 of a stretch, ms",
      points: lateness.map((one) => [one.t_s / 60, one.p99_us / 1000]),
      fromZero: true,
    },
  ];
  const height = PANEL.top + panels.length * (PANEL.height + PANEL.gap);
  const chart = init(null, null, { renderer: "svg", ssr: true, width: 1000, height });
  try {
    chart.setOption(optionOf(title, panels));
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

function optionOf(title: string, panels: readonly Panel[]): Parameters<ReturnType<typeof init>["setOption"]>[0] {
  const text = { color: COLORS.ink_2, fontFamily: "sans-serif" };
  const topOf = (at: number) => PANEL.top + 30 + at * (PANEL.height + PANEL.gap);
  const heading = {
    text: title,
    left: 10,
    top: 8,
    textStyle: { color: COLORS.ink, fontSize: 16, fontFamily: "sans-serif" },
  };
  const subheadings = panels.map((panel, at) => ({
    text: panel.title,
    left: 10,
    top: topOf(at) - 26,
    textStyle: { ...text, fontSize: 12, fontWeight: "normal" as const },
  }));
  return {
    animation: false,
    backgroundColor: COLORS.paper,
    title: [heading, ...subheadings],
    grid: panels.map((_, at) => ({ left: 60, right: 20, top: topOf(at), height: PANEL.height })),
    xAxis: panels.map((_, at) => ({
      gridIndex: at,
      type: "value" as const,
      axisLabel: { ...text, formatter: "{value} min" },
      splitLine: { show: false },
    })),
    yAxis: panels.map(({ fromZero }, at) => ({
      gridIndex: at,
      type: "value" as const,
      scale: !fromZero,
      axisLabel: text,
      splitLine: { lineStyle: { color: COLORS.line } },
    })),
    series: panels.map(({ points }, at): LineSeriesOption => ({
      type: "line",
      xAxisIndex: at,
      yAxisIndex: at,
      data: points,
      symbol: "none",
      lineStyle: { color: COLORS.data, width: 1.5 },
    })),
  };
}
