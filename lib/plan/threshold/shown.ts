/** Where a report shows what: the tables and lines of each kind of operation, with the percentiles and words in them. */
import type { Distribution } from "./distributions.ts";
import type { Figure } from "./figures.ts";

/** Kinds of operation: that of the service it calls, or a voice turn, which calls all three. */
export type OperationKind = "llm" | "stt" | "tts" | "turn";

/** Tables with figures of one operation or stage a row; one for each kind of operation beside those of all. */
export type TableName = OperationKind | "operations" | "stages";

/** The heading of a column, and what stands behind it: the formula in words. */
export interface ColumnText {
  /** `{unit}` stands for `token` or `word`, whichever is counted, `{Units}` for `Tokens` or `Words`. */
  heading: string;
  title: string;
}

/** Columns of percentiles of one distribution. */
export interface PercentileText extends ColumnText {
  percentiles: readonly number[];
}

/** Percentiles in a line of words: `first token P50 184 ms, P95 262 ms`. */
export interface LineText {
  text: string;
  percentiles: readonly number[];
}

/** Where a distribution is shown. */
export interface DistributionShown {
  /** Its columns in the table of a kind of operation. */
  tables: Readonly<Partial<Record<OperationKind, PercentileText>>>;
  /** Its lines in the terminal and in the plain-text summary. */
  lines: Readonly<Partial<Record<OperationKind, LineText>>>;
}

/** Response time, latency, service time, start delay and the legs of a turn stand in tables of their own. */
const NOWHERE = { tables: {}, lines: {} } as const;

/** Every distribution; the tables and lines themselves are exhaustive over what stands here. */
export const SHOWN = {
  response_time: NOWHERE,
  latency: NOWHERE,
  service_time: NOWHERE,
  start_delay: NOWHERE,
  first_message: {
    tables: {
      llm: {
        heading: "First token",
        title: "From the intended start to the first message with text",
        percentiles: [50, 95, 99],
      },
      tts: {
        heading: "First audio",
        title: "From the intended start to the first message with audio",
        percentiles: [50, 95, 99],
      },
    },
    lines: {
      llm: { text: "first token", percentiles: [50, 95] },
      tts: { text: "first audio", percentiles: [50, 95] },
    },
  },
  first_answer: {
    tables: {
      llm: {
        heading: "First answer",
        title: "From the intended start to the first text of the answer, after the model's reasoning",
        percentiles: [50, 95],
      },
    },
    lines: { llm: { text: "first answer", percentiles: [95] } },
  },
  first_partial: {
    tables: {
      stt: {
        heading: "First partial",
        title: "From the actual start, where the speech begins, to the first non-empty transcript",
        percentiles: [50, 95],
      },
    },
    lines: { stt: { text: "first partial", percentiles: [95] } },
  },
  gap: {
    tables: {
      llm: {
        heading: "Gap",
        title: "Between one message with text and the next, those of all calls pooled",
        percentiles: [50, 99],
      },
    },
    lines: { llm: { text: "gap", percentiles: [50, 99] } },
  },
  gap_max: {
    tables: {
      llm: { heading: "Largest gap", title: "P95 over calls of the largest gap of each", percentiles: [95] },
    },
    lines: {},
  },
  token_time: {
    tables: {
      llm: {
        heading: "Per {unit}",
        title: "(last − first message) / ({unit}s − 1), call by call",
        percentiles: [50, 95],
      },
    },
    lines: {},
  },
  output_length: {
    tables: { llm: { heading: "Length", title: "{Units} of one answer", percentiles: [50] } },
    lines: {},
  },
  input_length: {
    tables: {
      llm: {
        heading: "Prompt",
        title: "Length of one prompt: the server's own tokens where it reports them, else words",
        percentiles: [50, 95],
      },
    },
    lines: {},
  },
  final_latency: {
    tables: {
      stt: {
        heading: "Final",
        title: "From the sending of the end of speech to the last transcript",
        percentiles: [50, 95, 99],
      },
    },
    lines: { stt: { text: "final after speech", percentiles: [50, 95] } },
  },
  response_latency: {
    tables: {
      stt: {
        heading: "After its audio",
        title: "From the sending of the audio a transcript covers to it",
        percentiles: [50, 95],
      },
    },
    lines: { stt: { text: "transcript after its audio", percentiles: [95] } },
  },
  pacing_error: {
    tables: {
      stt: {
        heading: "Late chunks",
        title: "Sending of a chunk of paced speech − the instant it was due",
        percentiles: [99],
      },
    },
    lines: {},
  },
  real_time_factor: {
    tables: {
      stt: {
        heading: "Real-time factor",
        title: "Time to recognise / length of the audio",
        percentiles: [50, 95],
      },
      tts: { heading: "Real-time factor", title: "Time to make the audio / its length", percentiles: [50, 95] },
    },
    lines: {
      stt: { text: "real-time factor", percentiles: [95] },
      tts: { text: "real-time factor", percentiles: [95] },
    },
  },
  stall: {
    tables: {
      tts: { heading: "Silence", title: "P95 over played calls of the sum of all stalls of each", percentiles: [95] },
    },
    lines: {},
  },
  needed_prebuffer: {
    tables: {
      tts: { heading: "Prebuffer", title: "What 95 % of calls need at most so that nothing stalls", percentiles: [95] },
    },
    lines: { tts: { text: "needs a prebuffer of", percentiles: [95] } },
  },
  voice_to_voice: {
    tables: {
      turn: {
        heading: "Voice to voice",
        title: "From the sending of the end of speech to the first audio of the answer",
        percentiles: [50, 90, 95, 99],
      },
    },
    lines: { turn: { text: "voice to voice", percentiles: [50, 95] } },
  },
  turn_stt: NOWHERE,
  turn_llm: NOWHERE,
  turn_tts: NOWHERE,
} as const satisfies Record<Distribution, DistributionShown>;

/** The column of every figure and the tables that have it; null for one that no table has a column for. */
export const FIGURE_COLUMNS = {
  error_rate: {
    heading: "Errors",
    title: "(failed + timed out) / (ok + failed + timed out)",
    tables: ["operations", "stages"],
  },
  throughput: { heading: "Rate/s", title: "Ok calls per second", tables: ["operations", "stages"] },
  calls: { heading: "Calls", title: "Ended calls, whatever their outcome", tables: ["operations", "stages"] },
  goodput: {
    heading: "Good/s",
    title: "Goodput: calls per second that were ok and kept every objective",
    tables: ["stages"],
  },
  good_rate: {
    heading: "Good",
    title: "Calls that were ok and kept every objective / calls that ended or were dropped",
    tables: ["operations"],
  },
  dropped: null,
  token_rate: {
    heading: "in total",
    title: "{Units} of ok calls that ended before the load did / its time",
    tables: ["llm"],
  },
  wer: {
    heading: "WER",
    title: "Word error rate: wrong, missing and added words / words said",
    tables: ["stt", "stages"],
  },
  wer_basic: {
    heading: "WER, basic",
    title: "Word error rate with nothing made the same but capitals and punctuation",
    tables: ["stt"],
  },
  stalled: {
    heading: "Stalled",
    title: "Calls in which the player fell silent / played calls (two audio messages or more)",
    tables: ["tts"],
  },
  load: null,
  recovery_time: null,
  lost_connections: null,
  reconnects: null,
  goaways: null,
  energy: null,
  energy_per_call: null,
  energy_per_token: null,
  energy_per_audio_second: null,
  energy_per_turn: null,
} as const satisfies Record<Figure, ColumnText & { tables: readonly TableName[] } | null>;

/** Distributions with columns in the table of one kind of operation. */
export type DistributionIn<K extends OperationKind> = {
  [D in Distribution]: K extends keyof (typeof SHOWN)[D]["tables"] ? D : never;
}[Distribution];

/** Distributions with a line for one kind of operation. */
export type DistributionLine<K extends OperationKind> = {
  [D in Distribution]: K extends keyof (typeof SHOWN)[D]["lines"] ? D : never;
}[Distribution];

/** Figures with a column in one table. */
export type FigureIn<T extends TableName> = {
  [F in Figure]: (typeof FIGURE_COLUMNS)[F] extends { tables: readonly (infer Of)[] } ? T extends Of ? F : never
    : never;
}[Figure];

/** The columns of a distribution in the table of one kind of operation. */
export function percentileText<K extends OperationKind>(of: DistributionIn<K>, kind: K): PercentileText {
  const { tables }: DistributionShown = SHOWN[of];
  return tables[kind] as PercentileText;
}

/** The line of a distribution for one kind of operation. */
export function lineText<K extends OperationKind>(of: DistributionLine<K>, kind: K): LineText {
  const { lines }: DistributionShown = SHOWN[of];
  return lines[kind] as LineText;
}
