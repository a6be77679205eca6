/** The history of a scenario as a page: each figure over its runs, with its levels. Without a script, like the comparison's. */
import { type FigureHistory, type History, LEAST_RUNS, type PastRun } from "../../compare/history.ts";
import { mismatchText } from "../../compare/headline.ts";
import { UNITS } from "../../plan/threshold/measure_units.ts";
import { formatCount, formatRound } from "../../plan/units.ts";
import { instantText } from "../figures/figures.ts";
import { plainText } from "../format/escape.ts";
import { type Markup, markup, verbatim } from "../html/markup.ts";
import { levelText } from "./history_text.ts";
import { comparisonPolicy } from "./policy.ts";
import style from "./page.css" with { type: "text" };

const WIDTH = 620;
const HEIGHT = 120;
const LEFT = 60;
const RIGHT = 12;
const TOP = 22;
const BOTTOM = 20;

/** The whole document. */
export function renderHistoryPage(history: History, version: string): string {
  const { scenario, runs, figures } = history;
  const name = plainText(scenario);
  const changed = figures.filter(({ levels }) => levels.length > 1);
  const steady = figures.filter(({ levels }) => levels.length === 1);
  const part = (id: string, title: string, some: readonly FigureHistory[]) =>
    some.length === 0 ? null : markup`<section id="${id}"><h2>${title}</h2>
<div class="charts wide">${some.map((one) => figure(one, runs))}</div></section>
`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${comparisonPolicy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>History of ${name} · june-load</title>
<style>${verbatim(style)}</style>
</head>
<body>
<header class="bar mute"><div><span>History of <strong>${name}</strong></span><nav><a href="#changed">Changes</a><a href="#steady">No change</a><a href="#runs">Runs</a></nav>
<label><input type="checkbox" id="theme"> Other theme</label></div></header>
<main>
<h1>${summary(history, changed)}</h1>
<p>Each dot is a run, each step a stretch without a change; a dashed line stands where the level moved (E-divisive means, 999 orders, P &lt; 0.01 for each figure). What went with a change is for you to find.</p>
${part("changed", "Levels that changed", changed)}${part("steady", "No change seen", steady)}${runsSection(runs)}
<footer>Made by june-load ${version} · works offline, without a script</footer>
</main>
</body>
</html>
`.text;
}

function summary({ runs }: History, changed: readonly FigureHistory[]): string {
  const kept = runs.filter(({ left_out }) => left_out.length === 0).length;
  const latest = changed.flatMap((figure) => {
    const level = figure.levels.at(-1);
    return level === undefined ? [] : [{ figure, level }];
  }).sort((a, b) => b.level.from - a.level.from)[0];
  const what = latest === undefined
    ? kept < LEAST_RUNS ? `too few to tell a change (${LEAST_RUNS} are needed)` : "no level changed"
    : `the latest change: ${plainText(latest.figure.operation)} ${latest.figure.name}, ${
      levelText(latest.figure, latest.level, runs)
    }`;
  return `${formatCount(kept)} of ${formatCount(runs.length)} runs can be set side by side; ${what}.`;
}

function figure(one: FigureHistory, runs: readonly PastRun[]): Markup {
  const values = one.points.map(({ value }) => value);
  const [low, high] = rangeOf(values);
  const x = (run: number) => LEFT + (runs.length < 2 ? 0.5 : run / (runs.length - 1)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => TOP + (1 - (value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const write = UNITS[one.unit].write;
  const text = one.levels.slice(1).map((level) => levelText(one, level, runs)).join("; ");
  const label = `${one.name} of ${plainText(one.operation)} over ${one.points.length} runs. ${text}`;
  return markup`<figure class="llm" role="img" aria-label="${label}"><h3>${plainText(one.operation)} ${one.name}</h3>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">
${
    [...new Set([Math.min(...values), Math.max(...values)])].map((value) =>
      markup`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value).toFixed(1)}" y2="${
        y(value).toFixed(1)
      }"/>
<text x="${LEFT - 6}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${formatRound(write(value))}</text>`
    )
  }
${
    one.levels.map((level) =>
      markup`<line class="line" x1="${(x(level.from) - 3).toFixed(1)}" x2="${(x(level.to) + 3).toFixed(1)}" y1="${
        y(level.value).toFixed(1)
      }" y2="${y(level.value).toFixed(1)}"/>`
    )
  }
${
    one.levels.slice(1).map((level) =>
      markup`<line class="zero further" x1="${(x(level.from) - 4).toFixed(1)}" x2="${
        (x(level.from) - 4).toFixed(1)
      }" y1="${TOP - 4}" y2="${HEIGHT - BOTTOM}"/>`
    )
  }
${
    one.points.map(({ run, value }) =>
      markup`<circle class="dot" cx="${x(run).toFixed(1)}" cy="${y(value).toFixed(1)}" r="3"/>`
    )
  }
<text x="${LEFT}" y="${HEIGHT - 4}">${day(runs[0])}</text><text x="${WIDTH - RIGHT}" y="${
    HEIGHT - 4
  }" text-anchor="end">${day(runs.at(-1))}</text>
</svg>${text === "" ? null : markup`<p>${text}</p>`}</figure>
`;
}

const day = (run: PastRun | undefined) => run?.started_at.slice(0, 10) ?? "";

/** Room around the values; a series that never moves is in the middle. */
function rangeOf(values: readonly number[]): [low: number, high: number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = high > low ? (high - low) * 0.15 : Math.max(Math.abs(high) * 0.1, 1e-9);
  return [low - room, high + room];
}

function runsSection(runs: readonly PastRun[]): Markup {
  return markup`<section id="runs"><h2>Runs</h2><div class="scroll"><table>
<thead><tr><th scope="col">Started</th><th scope="col">Verdict</th><th scope="col" class="n">Calls</th><th scope="col">june-load</th><th scope="col">Result</th><th scope="col">Left out</th></tr></thead>
<tbody>${
    runs.toReversed().map((run) =>
      markup`<tr><th scope="row">${instantText(run.started_at)}</th><td>${run.status}</td><td class="n">${
        formatCount(run.calls)
      }</td><td>${plainText(run.tool)}</td><td>${plainText(run.path)}</td><td>${
        run.left_out.length === 0 ? "" : plainText(mismatchText(run.left_out[0]!), 200)
      }</td></tr>
`
    )
  }</tbody></table></div></section>
`;
}
