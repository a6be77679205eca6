/** The catalogue of figures, measures of one word: what rules, reports and terminal need to know of each. */
import type { MeasureUnit } from "./measure_units.ts";

/** How the value of a measure of one word comes about: verdict/figures.ts has one formula for each figure of a kind. */
export type FigureKind =
  /** One count as a part of another. */
  | "share"
  /** A count per second of the time the stages lasted. */
  | "rate"
  | "count"
  /** Of the whole run, not of its calls. */
  | "whole_run";

/** What of its making a reader needs to know beside the formula. */
export type FigureMaking =
  | {
    kind: "share";
    /**
     * What the whole is made of. Calls are trials in Wilson's sense; words of one clip stand or fall together, and more can
     * be wrong than there are.
     */
    whole: "calls" | "words";
    /** A rule below a limit is labelled "enough data" or "too little data" by MLPerf's early-stopping bound. */
    early_stopping: boolean;
  }
  /** Where 0 is nothing, an operation with 0 makes nothing of the kind and no rule on a glob concerns it. */
  | { kind: "rate"; zero: "finding" | "nothing" }
  | { kind: Exclude<FigureKind, "share" | "rate"> };

/** What is known of a measure of one word. */
export type FigureFacts = FigureMaking & {
  unit: MeasureUnit;
  /** It can be asked of some operations: `error_rate(llm.*)`. */
  operations: boolean;
  /** Files for other programs list it among the figures of an operation; `calls` has a field of its own there. */
  exported: boolean;
  /** A rule with a limit, for help. */
  example: string;
  /** Its formula in words, for the documentation. */
  meaning: string;
  /** The term of the report's glossary that explains it. */
  term: string;
};

const OF_CALLS = { operations: true, exported: true } as const;

/** Measures of one word. Definitions: docs/measurement.md. */
export const FIGURES = {
  error_rate: {
    ...share("calls", "error_rate < 1%", "(failed + timed out + overdue) / (ok + failed + timed out + overdue)"),
    early_stopping: true,
    term: "error rate",
  },
  throughput: { ...rate("finding", "throughput > 20/s", "ok calls per second"), term: "rate" },
  calls: {
    kind: "count",
    unit: "calls",
    operations: true,
    exported: false,
    example: "calls > 100",
    meaning: "calls that ended, whatever their outcome",
    term: "outcome",
  },
  goodput: {
    ...rate("finding", "goodput > 20/s", "calls per second that were ok and met every objective"),
    term: "good, goodput",
  },
  good_rate: {
    ...share("calls", "good_rate > 95%", "those calls, of all that ended or were dropped"),
    early_stopping: false,
    term: "good, goodput",
  },
  dropped: {
    ...share("calls", "dropped < 0.1%", "arrivals of an open load that could not start in time, of all"),
    early_stopping: false,
    term: "dropped",
  },
  token_rate: {
    ...rate("nothing", "token_rate > 500/s", "tokens (words where none are counted) made per second"),
    term: "tokens/s or words/s, in total",
  },
  wer: {
    ...share("words", "wer < 12%", "word errors / words of the known transcripts"),
    early_stopping: false,
    term: "WER",
  },
  wer_basic: {
    ...share("words", "wer_basic < 15%", "the same by the basic rules: lower case, no punctuation"),
    early_stopping: false,
    term: "WER",
  },
  stalled: {
    ...share("calls", "stalled < 1%", "calls whose audio stalled a listener, of those where it could"),
    early_stopping: false,
    term: "stalled, silence",
  },
  load: {
    ...wholeRun("ratio", "load >= 99%", "the load that was reached, of the load that was asked for"),
    term: "load",
  },
  recovery_time: {
    ...wholeRun("us", "recovery_time < 30s", "from the end of a spike until latency and errors are as before it"),
    term: "recovery time",
  },
  lost_connections: {
    ...wholeRun(
      "calls",
      "lost_connections < 1",
      "connections that a peer or the network ended unannounced or under a call",
    ),
    term: "connections",
  },
  reconnects: {
    ...wholeRun("calls", "reconnects < 10", "connections that were opened in place of others"),
    term: "connections",
  },
  goaways: {
    ...wholeRun("calls", "goaways < 1", "connections that a peer told to go (GOAWAY, or a WebSocket's close frame)"),
    term: "connections",
  },
  energy: {
    ...wholeRun("joule", "energy < 500kJ", "energy of the GPUs, or of the processors where no GPU tells its power"),
    term: "energy",
  },
  energy_per_call: { ...wholeRun("joule", "energy_per_call < 200J", "that energy / ok calls"), term: "energy" },
  energy_per_token: {
    ...wholeRun("joule", "energy_per_token < 0.5J", "that energy / tokens made, where a service counts them"),
    term: "energy",
  },
  energy_per_audio_second: {
    ...wholeRun("joule", "energy_per_audio_second < 20J", "that energy / seconds of audio sent and made"),
    term: "energy",
  },
  energy_per_turn: {
    ...wholeRun("joule", "energy_per_turn < 2kJ", "that energy / ok voice turns"),
    term: "energy",
  },
} as const satisfies Record<string, FigureFacts>;
/** Name of a measure of one word. */
export type Figure = keyof typeof FIGURES;
/** Names of the measures of one word of some kind. */
export type FigureOf<K extends FigureKind> = {
  [F in Figure]: typeof FIGURES[F]["kind"] extends K ? F : never;
}[Figure];
/** Names of the measures of one word that are of calls. */
export type CallFigure = FigureOf<"share" | "rate" | "count">;
/** All of them, in the order help lists them. */
export const FIGURE_NAMES = Object.keys(FIGURES) as Figure[];

/** Whether a word is the name of a figure. */
export function isFigure(word: string): word is Figure {
  return Object.hasOwn(FIGURES, word);
}

/** Whether a figure is of the whole run. */
export function isOfWholeRun(figure: Figure): figure is FigureOf<"whole_run"> {
  return FIGURES[figure].kind === "whole_run";
}

/** Whether a figure is of calls. */
export function isCallFigure(figure: Figure): figure is CallFigure {
  return !isOfWholeRun(figure);
}

function share(whole: "calls" | "words", example: string, meaning: string) {
  return { ...OF_CALLS, kind: "share", unit: "ratio", whole, example, meaning } as const;
}

function rate(zero: "finding" | "nothing", example: string, meaning: string) {
  return { ...OF_CALLS, kind: "rate", unit: "per_s", zero, example, meaning } as const;
}

function wholeRun<U extends MeasureUnit>(unit: U, example: string, meaning: string) {
  return { operations: false, exported: false, kind: "whole_run", unit, example, meaning } as const;
}
