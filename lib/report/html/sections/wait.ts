/** Where the wait of a voice turn goes, in bars beside the key figures: a row for each stage. */
import { formatDuration } from "../../../plan/units.ts";
import type { Run } from "../../../result/run.ts";
import { kindOf } from "../../figures/kinds.ts";
import { slowestOf } from "../../figures/slowest.ts";
import { type Leg, legsOf } from "../../figures/turns.ts";
import { plainText } from "../../format/escape.ts";
import { type Markup, markup } from "../markup.ts";

/** Stages with a bar of their own. */
const MAX_ROWS = 4;
/** Bars are at least so wide, and a character of a label takes so much of it; pixels. */
const WIDTH_PX = 220;
const CHARACTER_PX = 6.6;
/** Between two labels; pixels. */
const GAP_PX = 8;

const SHORT: Readonly<Record<Leg["of"], string>> = { turn_stt: "stt", turn_llm: "llm", turn_tts: "tts" };

interface Row {
  name: string;
  legs: Leg[];
  mean_us: number;
}

/** Null where no turn was measured. Means, because those of the legs add up to that of the whole. */
export function waitSection(run: Run): Markup | null {
  const operations = run.operations.filter((name) => kindOf(run, name) === "turn");
  const operation = slowestOf(run, { operations })?.operation ?? operations[0];
  if (operation === undefined) return null;
  const stages = run.plan.stages.filter(({ warm_up, ramp }) => !warm_up && ramp !== true).map(({ name }) => name);
  const staged = stages.slice(0, MAX_ROWS).map((stage) => rowOf(run, stage, { operations: operation, stage }))
    .filter(({ legs }) => legs.length > 0);
  const rows = staged.length > 1 ? staged : [rowOf(run, "all", { operations: operation })];
  const longest_us = rows.reduce((most, { mean_us }) => Math.max(most, mean_us), 0);
  if (longest_us === 0) return null;
  return markup`<div class="wait"><h2>Where the wait of a voice turn goes <small>means</small></h2>
${rows.map((row) => barOf(row, longest_us))}</div>
`;
}

function rowOf(run: Run, name: string, selection: Parameters<Run["total"]>[0]): Row {
  const legs = legsOf(run.total(selection));
  return { name, legs, mean_us: legs.reduce((sum, { mean_us }) => sum + mean_us, 0) };
}

function barOf({ name, legs, mean_us }: Row, longest_us: number): Markup {
  const percent = (us: number) => `${(100 * us / longest_us).toFixed(2)}%`;
  const starts = legs.map((_, i) => legs.slice(0, i).reduce((sum, leg) => sum + leg.mean_us, 0));
  const texts = legs.map(({ of, mean_us }) => `${SHORT[of]} ${formatDuration(mean_us)}`);
  const places = labelPlaces(starts.map((us) => us / longest_us), texts.map(({ length }) => length));
  const parts = legs.map((leg, i) =>
    markup`<rect class="${leg.of}" x="${percent(starts[i] ?? 0)}" width="${
      percent(leg.mean_us)
    }" y="3" height="6"/><text x="${(100 * (places[i] ?? 0)).toFixed(2)}%" y="22">${texts[i] ?? ""}</text>`
  );
  const label = `${plainText(name, 60)}: ${texts.join(", ")}, together ${formatDuration(mean_us)}`;
  return markup`<div class="bars"><span>${
    plainText(name, 40)
  }</span><svg role="img" aria-label="${label}">${parts}</svg><b>${formatDuration(mean_us)}</b></div>
`;
}

/**
 * Where labels begin so that none covers another: each at its part, or further right; then back where they would leave the
 * bar. Shares of its width.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(labelPlaces([0, 0.5], [5, 5]), [0, 0.5]);
 * const [first = 0, second = 0] = labelPlaces([0.9, 0.92], [10, 10]);
 * assert.ok(first < second && second < 0.75);
 * ```
 */
export function labelPlaces(wanted: readonly number[], lengths: readonly number[]): number[] {
  const widths = lengths.map((length) => (length * CHARACTER_PX + GAP_PX) / WIDTH_PX);
  const places: number[] = [];
  wanted.forEach((at, i) => places.push(i === 0 ? at : Math.max(at, (places[i - 1] ?? 0) + (widths[i - 1] ?? 0))));
  for (let i = places.length - 1, end = 1 + GAP_PX / WIDTH_PX; i >= 0; i--) {
    places[i] = Math.max(0, Math.min(places[i] ?? 0, end - (widths[i] ?? 0)));
    end = places[i] ?? 0;
  }
  return places;
}
