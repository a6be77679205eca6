/** One row of the fault matrix: what is planted, and what june-load must make of it. */
import type { Outcome } from "../../../lib/measure/interval.ts";
import type { Run } from "../../../lib/result/run.ts";
import type { ToolRun } from "../../trust/kit/tool.ts";

/** Whose fault a run says it was. */
export type Blamed =
  | "nobody"
  | "the service"
  | "june-load's machine"
  | "june-load"
  /** The folder, disk or terminal that it writes to. */
  | "the output"
  /** Nobody is blamed, and nothing passes either: the run did not end by itself. */
  | "whoever ended it";

/** A row, as data. */
export interface Row {
  title: string;
  /** How it is planted, in words. */
  how: string;
  /** It takes long, or much memory: left to the long half. */
  long?: true;
  plant(place: Place): Promise<Planted | string> | Planted | string;
  expect: Expected;
}

/** What every row is given. */
export interface Place {
  /** A folder that is gone afterwards. */
  dir: string;
  /** Notes what must be taken away in the end, the last first. */
  later(undo: () => unknown): void;
}

/** A fault, ready: a run, and what is done to it. */
export type Planted = Omit<ToolRun, "file"> & { file: Tree };

/** YAML as data. */
export type Tree = Record<string, unknown>;

/** Conditions on what comes of it; no times, for machines differ. */
export interface Expected {
  /** Exit codes that are right. */
  exit: readonly number[];
  blames: readonly Blamed[];
  /** Outcomes that must occur, and that must not; null: the load never starts. */
  outcomes: Partial<Record<Outcome, "some" | "none">> | null;
  /** What is told, all of these; blanks as one. */
  says: readonly RegExp[];
  /** Whatever else must hold. */
  check?(came: Came): void;
}

/** What came of a row. */
export interface Came {
  /** Of the run; where it was killed, of the report on what it left. */
  code: number;
  /** Standard output and error, blanks as one. */
  told: string;
  /** Null: no load was sent. */
  run: Run | null;
  /** The verdict's words; else the first words of the refusal. */
  sentence: string;
  blamed: Blamed;
  /** What held up others on the machine meanwhile; null: it was quiet. */
  noise: string | null;
}
