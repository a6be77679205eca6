/** What the catalogue says of a figure or a distribution is what page and terminal show; nothing in it is forgotten. */
import assert from "node:assert/strict";
import {
  type Distribution,
  DISTRIBUTION_NAMES,
  DISTRIBUTIONS,
  FIGURE_NAMES,
  FIGURES,
} from "../../lib/plan/threshold/threshold.ts";
import {
  type DistributionShown,
  FIGURE_COLUMNS,
  type OperationKind,
  SHOWN,
  type TableName,
} from "../../lib/plan/threshold/shown.ts";
import { rowsOf } from "../../lib/report/figures/figures.ts";
import type { Markup } from "../../lib/report/html/markup.ts";
import { llmSection } from "../../lib/report/html/sections/llm.ts";
import { operationsSection } from "../../lib/report/html/sections/operations.ts";
import { stagesSection } from "../../lib/report/html/sections/stages.ts";
import { sttSection } from "../../lib/report/html/sections/stt.ts";
import { ttsSection } from "../../lib/report/html/sections/tts.ts";
import { turnSection } from "../../lib/report/html/sections/turn.ts";
import { kindLines } from "../../lib/report/text/kind_lines.ts";
import type { Run } from "../../lib/result/run.ts";
import { task } from "../plans.ts";
import { madeRun, okCalls } from "../verdict/made_run.ts";

/** An operation of each kind. */
const OPERATIONS = {
  llm: "llm.chat_stream",
  stt: "stt.recognize_stream",
  tts: "tts.synthesize_stream",
  turn: "voice_turn",
} as const satisfies Record<OperationKind, string>;
const KINDS = Object.keys(OPERATIONS) as OperationKind[];

/** Counts that columns wait for. */
const COUNTED = [
  "good",
  "output_tokens",
  "reasoned_answers",
  "reference_words",
  "basic_reference_words",
  "played_calls",
  "stalled_calls",
] as const;

/** A minute in which every call records every distribution and every count. */
const run: Run = madeRun({
  plan: {
    tasks: Object.values(OPERATIONS).map((name) => task(name)),
    objectives: [{ of: "latency", operations: null, limit: 1e6 }],
  },
  calls: () =>
    okCalls(2, 100_000, (series) => {
      for (const of of DISTRIBUTION_NAMES.filter((name) => name !== "latency")) {
        series.histogram(of).record(DISTRIBUTIONS[of].unit === "us" ? 30_000 : 40);
      }
      for (const name of COUNTED) series.count(name, 1);
    }),
});

const { operations, all } = rowsOf(run);
const TABLES: Readonly<Record<TableName, Markup | null>> = {
  operations: operationsSection(run, operations, all),
  stages: stagesSection(run),
  llm: llmSection(run, operations),
  stt: sttSection(run, operations),
  tts: ttsSection(run, operations),
  turn: turnSection(run, operations),
};
const headOf = (table: TableName) => (TABLES[table]?.text ?? "").replace(/<tbody>.*/s, "");
const filled = (text: string) => text.replaceAll("{unit}", "token").replaceAll("{Units}", "Tokens");
const shownOf = (of: Distribution): DistributionShown => SHOWN[of];

Deno.test("each table has the columns of the catalogue, with their percentiles", () => {
  for (const of of DISTRIBUTION_NAMES) {
    for (const kind of KINDS) {
      const text = shownOf(of).tables[kind];
      if (text === undefined) continue;
      const head = headOf(kind);
      assert.ok(head.includes(`>${filled(text.heading)}</th>`), `${of} in ${kind}`);
      assert.ok(head.includes(filled(text.title).replaceAll("'", "&#39;")), `${of} in ${kind}: ${text.title}`);
    }
  }
  for (const name of FIGURE_NAMES) {
    const column = FIGURE_COLUMNS[name];
    for (const table of column?.tables ?? []) {
      assert.ok(headOf(table).includes(`>${column?.heading}</th>`), `${name} in ${table}`);
    }
  }
});

Deno.test("the line of each kind of operation holds what the catalogue lists for it", () => {
  const lines = new Map(kindLines(run).map(({ name, text }) => [name, text]));
  for (const of of DISTRIBUTION_NAMES) {
    for (const kind of KINDS) {
      const text = shownOf(of).lines[kind];
      if (text === undefined) continue;
      const first = `${text.text} P${text.percentiles[0]} `;
      assert.ok(lines.get(OPERATIONS[kind])?.includes(first), `${of} of ${kind}: ${first}`);
    }
  }
});

Deno.test("what has no column in a table of its kind has a place of its own", () => {
  const nowhere = DISTRIBUTION_NAMES.filter((of) => Object.keys(shownOf(of).tables).length === 0);
  assert.deepEqual(nowhere, [
    "response_time",
    "latency",
    "service_time",
    "start_delay",
    "turn_stt",
    "turn_llm",
    "turn_tts",
  ]);
  // The arrivals of a stage, the verdict and the section on recovery show these.
  const energy = FIGURE_NAMES.filter((name) => FIGURES[name].unit === "joule");
  assert.deepEqual(FIGURE_NAMES.filter((name) => FIGURE_COLUMNS[name] === null), [
    ...["dropped", "load", "recovery_time"],
    // The table of connections shows these.
    ...["lost_connections", "reconnects", "goaways"],
    // The facts of the machine show these.
    ...energy,
  ]);
});
