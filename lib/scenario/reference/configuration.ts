/** docs/configuration.md, generated from the decoder's own declarations. */
import { TASKS } from "../../plan/tasks.ts";
import {
  DISTRIBUTION_NAMES,
  DRIFT_SUBJECTS,
  FIGURE_NAMES,
  FIGURES,
  RESOURCE_NAMES,
} from "../../plan/threshold/threshold.ts";
import { initTemplate } from "../init.ts";
import { LOADS } from "./loads.ts";
import { scenarioFile } from "../schema/scenario_file.ts";
import { servicesDoc } from "./services.ts";
import type { Field, Part, Shape } from "../shape/shape.ts";

/** The reference of the scenario file, as Markdown. */
export function configurationDoc(): string {
  return [
    "# Configuration",
    "",
    "<!-- Generated from lib/scenario; change it there, then run the tests of this page with UPDATE_GOLDEN=1. -->",
    "",
    ...INTRODUCTION,
    "",
    "## A complete file",
    "",
    "```yaml",
    initTemplate({ name: "my_load", targets: {} }).trimEnd(),
    "```",
    "",
    ...servicesDoc(),
    "",
    ...tasksTable(),
    "",
    ...LOADS,
    "",
    ...THRESHOLDS,
    "",
    ...new Reference().sections(),
  ].join("\n").trimEnd() + "\n";
}

const INTRODUCTION = [
  "A scenario file is YAML: services, load and thresholds. June's `load_test_config.yaml` works unchanged. Flags of",
  "`june-load run` override the file. `june-load schema` prints the same rules as a JSON Schema for editors, and",
  "`june-load init` writes a first file.",
  "",
  "- **Durations** need units, largest first: `250ms`, `30s`, `5m`, `1h30m`, `1.5s`. A number without a unit is an error.",
  '- **Shares** are `1%` or `0.01`; **rates** are a number per second, or `"120/m"`.',
  "- **Environment**: `${NAME}` stands for a variable; `${NAME:-default}` has a default for a variable that is unset or",
  "  empty; `$${` is a plain `${`. A variable that is unset and has no default is an error.",
  "- **Paths** of inputs, replays and certificates are relative to the file's folder. Paths under `reports` are relative to",
  "  the current folder.",
  "- **Errors** name file, line, column and key. All errors are reported at once. An unknown key is an error.",
  "- **Limits**: a file of 1 MiB, 50,000 values (aliases expanded), 100,000 users, 100,000 arrivals per second, recordings",
  "  of 2 million arrivals, names of 64 characters.",
];

function tasksTable(): string[] {
  const rows = Object.entries(TASKS).map(([name, { request_stream, reply_stream, summary }]) => {
    const streams = [request_stream ? "sends" : "", reply_stream ? "receives" : ""].filter((word) => word !== "");
    return `| \`${name}\` | ${streams.join(" and ") || "neither"} | ${summary} |`;
  });
  return ["## Tasks", "", "| task | streams | what a user does |", "| --- | --- | --- |", ...rows];
}

const quoted = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");

const THRESHOLDS = [
  "## Thresholds",
  "",
  "```text",
  "p95(response_time, llm.*) < 2s         each matching operation must meet the rule",
  "p99.9(first_message) < 800ms in hold   all operations together, in one stage",
  "mean(gap, llm.*) < 50ms else warn      shown, but does not fail the run",
  "error_rate < 50% else abort after 30s  judged each second from then on; a failure ends the run",
  "error_rate(stt.*) <= 0.5%",
  "mean(gpu.utilization) < 95%            gpu.memory_used < 70GiB judges the largest reading, with > the smallest",
  "drift(response_time) < 5%/h            robust trend, relative to the level at the start",
  "```",
  "",
  `Distributions are ${quoted(DISTRIBUTION_NAMES)}. A rule takes a percentile`,
  "(`p50`, `p99.9`), `mean`, `min` or `max` of one. `first_token` is the `first_message` of `llm.*`, `first_audio` that of",
  "`tts.*`.",
  `Readings of machines, services and connections are ${quoted(RESOURCE_NAMES)}; each alone, or as \`mean\`, \`min\``,
  "or `max`. Of several GPUs or services the one that fares worst is held to the rule; a second word names one:",
  "`min(gpu.sm_clock, 1) > 1500MHz`, `max(process.memory, stt) < 4GiB`.",
  `A rule can limit the drift of ${
    quoted(DRIFT_SUBJECTS)
  }. Comparisons are \`<\`, \`<=\`, \`>\`, \`>=\`. No rule reads a warm-up,`,
  "and none on a percentile, mean or extreme reads a ramp that it does not name.",
  "",
  "| measure | is | example |",
  "| --- | --- | --- |",
  ...FIGURE_NAMES.map((name) => `| \`${name}\` | ${FIGURES[name].meaning} | \`${FIGURES[name].example}\` |`),
  "",
  "With `strict: true` a rule passes only when enough was measured to be sure.",
  "",
  "Without `thresholds` a scenario has June's acceptance criteria: for each operation `p95(response_time, OPERATION) < 2s`;",
  "`error_rate < 1%`, or `metrics.error_rate.threshold`; `load >= 100%`, or 99% for open loads. `response_time` is what a",
  "person waits after they have finished asking: unlike `latency`, it leaves out the length of a clip sent in real time.",
  "",
  "Rules name exchanges like tasks, including blanks: `p95(response_time, rest GET /health) < 100ms`,",
  "`error_rate(websocket *) < 1%`.",
];

/** One section for each map of fixed keys. A shape used in several places is described at the first. */
class Reference {
  readonly #first = new Map<Shape<unknown>, string>();

  constructor() {
    this.#remember(scenarioFile, "");
  }

  sections(): string[] {
    return [...this.#first].flatMap(([shape, path]) => {
      const fields = shape.parts.filter(({ field }) => field);
      return fields.length === 0 ? [] : this.#section(path, fields);
    });
  }

  #remember(shape: Shape<unknown>, path: string): void {
    if (shape.parts.length === 0 || this.#first.has(shape)) return;
    this.#first.set(shape, path);
    for (const part of shape.parts) this.#remember(part.shape, joined(path, part.suffix));
  }

  #section(path: string, parts: readonly Part[]): string[] {
    const rows = parts.flatMap(({ suffix, field }) => field ? [this.#row(joined(path, suffix), field)] : []);
    const title = path === "" ? "## Keys" : `### \`${path}\``;
    return [title, "", "| key | allowed | default | meaning |", "| --- | --- | --- | --- |", ...rows, ""];
  }

  #row(path: string, field: Field<unknown>): string {
    const key = path.split(".").at(-1)!;
    const first = this.#first.get(field.shape) ?? path;
    const allowed = first === path ? field.shape.expected.replaceAll("<", "\\<") : `as \`${first}\``;
    const example = field.example === undefined ? "" : ` Example: \`${JSON.stringify(field.example)}\`.`;
    const absent = field.required ? "**required**" : field.absent || "–";
    const cells = [`\`${key}\``, allowed, absent, field.doc + example + formerNames(field)];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  }
}

/** Former names of a key, with their former values if those were different. */
function formerNames({ aliases, shape }: Field<unknown>): string {
  return aliases.map((alias) =>
    ` Formerly \`${alias.key}\`${alias.shape === shape ? "" : `, ${alias.shape.expected}`}.`
  ).join("");
}

function joined(path: string, suffix: string): string {
  return path === "" ? suffix.replace(/^\./, "") : path + suffix;
}
