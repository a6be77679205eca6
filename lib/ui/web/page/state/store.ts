/** Everything the page shows, in one place; who changes it tells those who draw it. */
import type { CheckReply, HistoryEntry, LogLine, PlanReply, PlanView, Seconds, UiState } from "../../api.ts";
import type { Draft } from "./draft.ts";
import { Points } from "./points.ts";
import type { Place } from "./place.ts";

/** How it stands with the server. */
export type Link = "opening" | "open" | "lost";

/** The tables of a running load. */
export const TABS = ["operations", "failures", "services", "machines", "events"] as const;
/** One of them. */
export type Tab = typeof TABS[number];

/** All that is shown. */
export interface PageState {
  /** Null until the server has told it. */
  ui: UiState | null;
  link: Link;
  place: Place;
  /** Of the run that goes on or was last, oldest first. */
  log: readonly LogLine[];
  seconds: Seconds | null;
  /** Null before the first scenario is chosen. */
  draft: Draft | null;
  /** The last answer to the draft. */
  plan: PlanReply | null;
  /** The last answer that was a plan, of the scenario chosen: drawn on while a mistake is corrected. */
  drawn: PlanView | null;
  /** Whether the answer to the draft as it is now is still on its way. */
  planning: boolean;
  checks: CheckReply | null;
  checking: boolean;
  history: readonly HistoryEntry[] | null;
  /** Runs chosen to compare, by their ids. */
  compared: readonly string[];
  tab: Tab;
  /** Figures since the last reset, not of the whole run. */
  since: boolean;
  /** What came of the last command. */
  said: { tone: "pass" | "fail"; text: string } | null;
  /** A command is on its way. */
  busy: boolean;
}

/** The page's memory. */
export class Store {
  state: PageState;
  /** Grown in place, or a long run would be copied every second. */
  readonly points = new Points();
  readonly #listeners: Array<() => void> = [];

  constructor(place: Place) {
    this.state = {
      ui: null,
      link: "opening",
      place,
      log: [],
      seconds: null,
      draft: null,
      plan: null,
      drawn: null,
      planning: false,
      checks: null,
      checking: false,
      history: null,
      compared: [],
      tab: "operations",
      since: false,
      said: null,
      busy: false,
    };
  }

  /** Calls `listener` after each change. */
  listen(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Changes a part. */
  set(part: Partial<PageState>): void {
    this.state = { ...this.state, ...part };
    for (const listener of this.#listeners) listener();
  }
}
