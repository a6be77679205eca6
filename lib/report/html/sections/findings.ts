/** Errors, the machine, and whether the figures can be trusted. */
import { energyFacts } from "../../figures/energy.ts";
import { HEADLINE } from "../../../plan/threshold/threshold.ts";
import { formatClock, formatCount, formatDuration } from "../../../plan/units.ts";
import { damageText } from "../../../result/damage.ts";
import type { Run } from "../../../result/run.ts";
import { carriesPercentile } from "../../../verdict/estimate.ts";
import { answerFindings } from "../../../verdict/answers.ts";
import { generatorFit } from "../../../verdict/generator_fit.ts";
import type { Verdict } from "../../../verdict/verdict.ts";
import { accounting, connectionTotals, type Fact, gpuFigures, hostFigures } from "../../figures/facts.ts";
import { type FailureData, OUTCOMES } from "../../../measure/interval.ts";
import { repeatsText } from "../../figures/repeats.ts";
import { errorsOf, percentileName, type Row } from "../../figures/figures.ts";
import { plainText } from "../../format/escape.ts";
import { generatorSection } from "./generator.ts";
import { type Markup, markup } from "../markup.ts";
import { Cell, type Head, numberRow, numberTable } from "../table/table.ts";
import { operationLink } from "./operations.ts";

const MAX_FAILURES = 50;

/** What failed, grouped; server text is cut and escaped. */
export function errorsSection(run: Run): Markup {
  const { failures } = run;
  const total = errorsOf(run.total({}, true).outcomes);
  if (failures.length === 0) {
    const text = total === 0 ? "No call failed." : `${formatCount(total)} calls failed; the result holds no reason.`;
    return markup`<h2 id="errors">Errors</h2>
<p>${text}</p>
`;
  }
  const rows = failures.slice(0, MAX_FAILURES).map((failure) =>
    failureRow(failure, operationLink(run, failure.operation))
  );
  const rest = failures.length - rows.length;
  const more = rest > 0 ? ` ${rest} rarer kinds are in the failures file.` : "";
  const repeats = repeatsText(run.total());
  const repeated = repeats === ""
    ? null
    : markup`<p class="note">${repeats}: calls of users whose call before was refused
or whose connection was lost.</p>
`;
  const heads = failureHeads("Operation");
  return markup`<h2 id="errors">Errors</h2>
<p>${
    formatCount(total)
  } calls failed or timed out, warm-up included. Texts that differ only in numbers, addresses and ids
share a line; the example is the first.${more}</p>
${repeated}${numberTable("errors", heads, rows)}`;
}

const left = (text: string) => ({ text, left: true });

/** Headings of a table of failures. */
function failureHeads(...more: string[]): Head[] {
  return ["Type", ...more.map(left), "Count", "First", "Last", left("Example")];
}

function failureRow({ type, count, first_ms, last_ms, example }: FailureData, ...more: Markup[]): Markup {
  return numberRow(plainText(type, 80), [
    ...more.map((one) => new Cell(one, { classes: "left" })),
    formatCount(count),
    formatClock(first_ms),
    formatClock(last_ms),
    new Cell(plainText(example), { classes: "wrap" }),
  ]);
}

/** The failures of one operation with examples; null where there was none. */
export function failuresOf(run: Run, operation: string, labelledBy: string): Markup | null {
  const own = run.failures.filter((failure) => failure.operation === operation).slice(0, 10);
  return own.length === 0 ? null : numberTable(labelledBy, failureHeads(), own.map((failure) => failureRow(failure)));
}

/** Facts as a definition list. */
export function factList(facts: readonly Fact[]): Markup {
  const items = facts.map(({ name, text }) =>
    markup`<dt>${plainText(name)}</dt><dd>${plainText(text, 600)}</dd>
`
  );
  return markup`<dl class="facts">
${items}</dl>
`;
}

/** The machine's figures in words. */
export function machineFacts(run: Run): Markup {
  const facts = [...hostFigures(run), ...gpuFigures(run), ...energyFacts(run)];
  return facts.length === 0 ? markup`<p class="note">The machine was not measured.</p>` : factList(facts);
}

/** One thing that bears on trust. */
export interface Check {
  ok: boolean;
  text: string;
}

const SHORT_MS = 60_000;

const incompleteText = ({ damage }: Run) =>
  damage === null
    ? "The result has no end mark: it is incomplete."
    : `The result is damaged and incomplete: ${damageText(damage)}.`;

/** What was checked, in the order of weight. */
function checksOf(run: Run, operations: readonly Row[]): Check[] {
  const { issued, unaccounted, in_flight } = accounting(run);
  const ended = formatCount(issued - unaccounted - in_flight);
  const rest = run.end === null
    ? `${formatCount(in_flight)} were in flight when it broke off`
    : `${formatCount(unaccounted)} are unaccounted for`;
  return [
    ...(run.end === null ? [{ ok: false, text: incompleteText(run) }] : []),
    { ok: unaccounted === 0, text: `${formatCount(issued)} calls were issued and ${ended} ended; ${rest}.` },
    ...(run.end === null ? [] : [unfinishedCheck(run)]),
    ...run.plan.services.filter(({ tls }) => tls?.insecure === true).map(({ name }) => ({
      ok: false,
      text: `The certificate of ${name} was NOT checked: another server may have answered in its place.`,
    })),
    ...run.plan.services.filter(({ auth }) => auth?.kind === "oauth2" && auth.tls?.insecure === true).map((
      { name },
    ) => ({
      ok: false,
      text:
        `The certificate of the token endpoint of ${name} was NOT checked: another server may have got the client secret.`,
    })),
    ...connectionChecks(run),
    ...answerFindings(run).map(({ text }) => ({ ok: false, text })),
    lengthCheck(run),
    ...fewCheck(run, operations),
  ];
}

/** Calls cut off by the end of the run: they are no answers, and no reason to think that one would have come. */
function unfinishedCheck(run: Run): Check {
  const total = run.total({}, true);
  const { unfinished } = total.outcomes;
  if (unfinished === 0) return { ok: true, text: "No call was unfinished: cut off by the end of the run." };
  const overdue = total.counter("overdue");
  const errors = overdue === 0 ? "" : `; ${formatCount(overdue)} were overdue by then and count as errors`;
  return {
    ok: unfinished <= 0.05 * total.issued,
    text: `${formatCount(unfinished)} calls were unfinished: cut off by the end of the run${errors}. ` +
      "Percentiles take each to be at least as slow as it was old.",
  };
}

function connectionChecks(run: Run): Check[] {
  const totals = connectionTotals(run);
  const reconnects = totals.reduce((sum, one) => sum + one.reconnects_total, 0);
  const moves = totals.reduce((sum, one) => sum + one.moves_total, 0);
  const checks: Check[] = [];
  if (reconnects > 0) {
    checks.push({ ok: false, text: `Connections were lost and opened again ${formatCount(reconnects)} times.` });
  }
  if (moves > 0) {
    const what = `${formatCount(moves)} calls that a service had not processed moved to another connection`;
    checks.push({
      ok: true,
      text: `${what}; their latency includes both attempts. With "transparent_retry: false" they fail instead.`,
    });
  }
  return checks;
}

function lengthCheck(run: Run): Check {
  const window_ms = run.window_ms();
  const text = `The figures cover ${formatDuration(window_ms * 1000)}`;
  return window_ms < SHORT_MS
    ? { ok: false, text: `${text}; under a minute says little about a steady state.` }
    : { ok: true, text: `${text}.` };
}

function fewCheck(run: Run, operations: readonly Row[]): Check[] {
  const few = operations.filter(({ calls }) => calls > 0).flatMap(({ name, values }) => {
    const { count } = values.histogram(HEADLINE);
    const first = run.plan.percentiles.find((p) => p < 100 && !carriesPercentile(count, p));
    return first === undefined ? [] : [`${percentileName(first)} of ${name} (${formatCount(count)} calls)`];
  });
  if (few.length === 0) return [];
  const shown = few.slice(0, 6).join(", ");
  return [{ ok: false, text: `Too few calls to trust ${shown}${few.length > 6 ? " and others" : ""}, and beyond.` }];
}

/** One word, the checks, and what became of every call. */
export function trustSection(run: Run, verdict: Verdict, operations: readonly Row[]): Markup {
  const checks = checksOf(run, operations);
  const fit = run.slots.length === 0 ? [] : generatorFit(run);
  const word = verdict.status === "INVALID" || run.unaccounted !== 0
    ? "No."
    : checks.every(({ ok }) => ok) && fit.every(({ state }) => state === "ok")
    ? "Yes."
    : "With care.";
  const sentence = verdict.status === "INVALID" ? plainText(verdict.sentence, 1000) : "";
  const items = checks.map(({ ok, text }) => {
    const [tone, mark, meaning] = ok ? ["pass", "✓", "fine"] : ["warn", "!", "mind this"];
    return markup`<li class="${tone}"><b title="${meaning}">${mark}</b><span>${text}</span></li>
`;
  });
  return markup`<h2 id="trust">Can these numbers be trusted?</h2>
<p class="note"><b>${word}</b> ${sentence}</p>
<ul class="checks">
${items}</ul>
${generatorSection(fit)}${accountingTable(run)}`;
}

/** What became of every call: warm-up apart, then all together. */
function accountingTable(run: Run): Markup {
  const { outcomes: all, unaccounted, in_flight } = accounting(run);
  const whole = run.total({}, true);
  const measured = run.total({});
  const last = run.end === null ? "In flight" : "Unaccounted";
  const heads = ["Calls", "Issued", ...all.map(({ name }) => name), "Ended", last];
  const row = (name: string, issued: number, counts: readonly number[], open: number, total: boolean) => {
    const ended = counts.reduce((sum, count) => sum + count, 0);
    return numberRow(name, [
      formatCount(issued),
      ...counts.map(formatCount),
      formatCount(ended),
      new Cell(formatCount(open), { classes: total && unaccounted !== 0 ? "over" : "" }),
    ], total ? "total" : "");
  };
  const counts = (of: typeof whole) => OUTCOMES.map((outcome) => of.outcomes[outcome]);
  const open = (of: typeof whole) => of.issued - counts(of).reduce((sum, count) => sum + count, 0);
  const apart = counts(whole).map((count, i) => count - (counts(measured)[i] ?? 0));
  const rows = whole.issued === measured.issued ? [] : [
    row("Measured", measured.issued, counts(measured), open(measured), false),
    row("Warm-up", whole.issued - measured.issued, apart, open(whole) - open(measured), false),
  ];
  return markup`<h3 id="accounting">Every call</h3>
${numberTable("accounting", heads, [...rows, row("All", whole.issued, counts(whole), unaccounted + in_flight, true)])}`;
}
