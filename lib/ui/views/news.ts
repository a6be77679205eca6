/** What happened so far in a run, as plain data: its events as they come, and the findings of the report so far. */
import { type Finding, findingsSoFar } from "../../report/html/findings/findings.ts";
import { newsOf } from "../../result/event_kinds.ts";
import type { Run } from "../../result/run.ts";
import { shortageNote } from "../../verdict/shortages.ts";
import type { Verdict } from "../../verdict/verdict.ts";

/** One thing that happened. */
export interface NewsItem {
  /** Since the start of the run. */
  t_ms: number;
  tone: "info" | "warn" | "fail";
  text: string;
}

/** Events of the run and findings, in the order of time. Findings are as old as the verdict: they take a while to compute. */
export function liveNews(run: Run, verdict: Verdict): NewsItem[] {
  return [...eventNews(run), ...shortageNews(run), ...findingNews(run, verdict)].sort((a, b) => a.t_ms - b.t_ms);
}

function eventNews(run: Run): NewsItem[] {
  return newsOf(run.events).filter(({ kind }) => kind !== "local_shortage")
    .map(({ kind, t_ms, text }) => ({ t_ms: Math.max(0, t_ms), tone: kind === "steered" ? "info" : "warn", text }));
}

/** The event of a shortage says how many calls waited at first; its note counts on. */
function shortageNews(run: Run): NewsItem[] {
  return (run.generator.shortages ?? []).map((shortage) => ({
    t_ms: shortage.first_ms,
    tone: "warn",
    text: shortageNote(shortage),
  }));
}

const known = new WeakMap<Verdict, NewsItem[]>();

function findingNews(run: Run, verdict: Verdict): NewsItem[] {
  const found = known.get(verdict) ?? findingsSoFar(run).map(itemOf);
  known.set(verdict, found);
  return found;
}

const TONES: Readonly<Record<Finding["tone"], NewsItem["tone"]>> = {
  "": "info",
  pass: "info",
  warn: "warn",
  fail: "fail",
};

/** A sentence among others stands without its full stop. */
const itemOf = ({ from_s, tone, text }: Finding): NewsItem => ({
  t_ms: from_s * 1000,
  tone: TONES[tone],
  text: text.replace(/\.$/, ""),
});
