/** What the user does: each command changes the store, and asks the server for what only it can do. */
import type { CheckReply, HistoryEntry, PlanReply, PlanRequest, Refusal } from "../../api.ts";
import { COMMAND_HEADER, COMMAND_VALUE } from "../../api.ts";
import { type Draft, type FieldName, planText, requestOf, untouched } from "./draft.ts";
import type { Place } from "./place.ts";
import type { PageState, Store } from "./store.ts";

/** After the last key, before the plan is drawn anew; milliseconds. */
const TYPING_MS = 300;
/** How long a message of success stays; milliseconds. */
const TOLD_MS = 6000;
/** Where a draft outlives a reload. */
const KEPT = "june-load draft";

/** A change of the running load; as `lib/plan/steering.ts` has it. */
export type Steer =
  | { type: "target"; load: string | null; target: number }
  | { type: "scale"; factor: number }
  | { type: "pause" | "resume" | "next_stage" | "reset_statistics" };

/** What the commands need of the browser. */
export interface Outside {
  fetch(address: string, init?: RequestInit): Promise<Response>;
  storage: Pick<Storage, "getItem" | "setItem">;
  go(place: Place): void;
}

/** The reply of a request, or why it was refused. */
type Answer<T> = { ok: true; value: T } | { ok: false; text: string };

/** All commands. */
export class Commands {
  readonly #store: Store;
  readonly #outside: Outside;
  #typing: ReturnType<typeof setTimeout> | undefined;
  /** Of the newest question about the draft: answers to older ones come too late. */
  #asked = 0;

  constructor(store: Store, outside: Outside) {
    [this.#store, this.#outside] = [store, outside];
  }

  /** Goes to a place of the page. */
  go(place: Place): void {
    this.#outside.go(place);
  }

  /** Takes up the draft from before a reload, or the first scenario. */
  begin(): void {
    const { ui, draft } = this.#store.state;
    if (ui === null || draft !== null || ui.scenarios.length === 0) return;
    const kept = this.#kept();
    const known = ui.scenarios.some(({ id }) => id === kept?.scenario);
    this.#draft(kept !== null && known ? kept : untouched(ui.scenarios[0]?.id ?? ""), 0);
  }

  /** Chooses a scenario, as its file has it. */
  choose(scenario: string): void {
    this.#store.set({ plan: null, drawn: null });
    this.#draft(untouched(scenario, this.#store.state.draft?.simulator ?? false), 0);
  }

  /** Forgets everything that was typed. */
  undo(): void {
    const { draft } = this.#store.state;
    if (draft !== null) this.#draft(untouched(draft.scenario), 0);
  }

  /** Takes an edited text. */
  edit(yaml: string): void {
    this.#change({ yaml });
  }

  /** Takes the text of a field; the plan's own, or none, is no change. */
  fill(name: FieldName, text: string): void {
    const { draft, ui } = this.#store.state;
    if (draft === null) return;
    const { [name]: _, ...others } = draft.fields;
    const own = ui?.scenarios.find(({ id }) => id === draft.scenario)?.fields ?? null;
    const same = text.trim() === "" || (draft.yaml === null && text === planText(name, own));
    const fields = same ? others : { ...others, [name]: text };
    this.#change({ fields });
  }

  /** Takes the address of a service; an empty one is the plan's own. */
  address(service: string, host: string): void {
    const { draft } = this.#store.state;
    const { [service]: _, ...others } = draft?.hosts ?? {};
    this.#change({ hosts: host.trim() === "" ? others : { ...others, [service]: host.trim() } });
  }

  /** Puts the simulator in the place of every service, or takes it away. */
  simulate(simulator: boolean): void {
    this.#change({ simulator });
  }

  /** Connects to every target; sends no load. */
  async check(): Promise<void> {
    const { draft } = this.#store.state;
    if (draft === null) return;
    this.#store.set({ checking: true });
    const answer = await this.#post<CheckReply>("/api/check", requestOf(draft));
    this.#store.set({ checking: false, ...(answer.ok ? { checks: answer.value, said: null } : said(answer)) });
  }

  /** Starts the load. */
  async start(): Promise<void> {
    const { draft } = this.#store.state;
    if (draft === null) return;
    const started = await this.#command("/api/start", requestOf(draft), "");
    if (started) this.go({ tag: "now" });
  }

  /** Changes the running load. */
  async steer(change: Steer, done: string): Promise<void> {
    await this.#command("/api/steer", change, done);
    if (change.type === "reset_statistics") this.#store.set({ since: true });
  }

  /** Lets calls in flight end, and starts no more. */
  async stop(): Promise<void> {
    await this.#command("/api/stop", {}, "Stopping: calls in flight may still end");
  }

  /** Ends everything at once. */
  async abort(): Promise<void> {
    await this.#command("/api/abort", {}, "Calls in flight are cut off");
  }

  /** Reads the runs in the output folder. */
  async readHistory(): Promise<void> {
    const answer = await this.#get<HistoryEntry[]>("/api/history");
    if (answer.ok) this.#store.set({ history: answer.value });
  }

  /** Chooses a run to compare, or takes it back; of three the first goes. */
  compare(id: string): void {
    const { compared } = this.#store.state;
    const others = compared.filter((one) => one !== id);
    this.#store.set({ compared: others.length < compared.length ? others : [...compared, id].slice(-2) });
  }

  /** Changes what only this page knows. */
  show(part: Partial<Pick<PageState, "tab" | "since" | "said">>): void {
    this.#store.set(part);
  }

  #change(part: Partial<Draft>): void {
    const { draft } = this.#store.state;
    if (draft !== null) this.#draft({ ...draft, ...part }, TYPING_MS);
  }

  /** Keeps a draft, and asks what plan it makes. */
  #draft(draft: Draft, after_ms: number): void {
    this.#store.set({ draft, planning: true, checks: null });
    this.#outside.storage.setItem(KEPT, JSON.stringify(draft));
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => void this.#plan(draft), after_ms);
  }

  async #plan(draft: Draft): Promise<void> {
    const asked = ++this.#asked;
    const answer = await this.#post<PlanReply>("/api/plan", requestOf(draft));
    if (asked !== this.#asked) return;
    if (!answer.ok) return this.#store.set({ planning: false, ...said(answer) });
    const { value } = answer;
    this.#store.set({ plan: value, planning: false, ...("loads" in value && { drawn: value }) });
  }

  #kept(): Draft | null {
    try {
      const kept = JSON.parse(this.#outside.storage.getItem(KEPT) ?? "null") as Partial<Draft> | null;
      return typeof kept?.scenario === "string" ? { ...untouched(kept.scenario), ...kept } : null;
    } catch {
      return null;
    }
  }

  async #command(address: string, body: unknown, done: string): Promise<boolean> {
    this.#store.set({ busy: true, said: null });
    const answer = await this.#post(address, body);
    const told = answer.ok ? { said: done === "" ? null : { tone: "pass" as const, text: done } } : said(answer);
    this.#store.set({ busy: false, ...told });
    this.#forgetLater();
    return answer.ok;
  }

  /** What went well need not be told for long; what did not stays until the next command. */
  #forgetLater(): void {
    const { said } = this.#store.state;
    if (said?.tone !== "pass") return;
    setTimeout(() => this.#store.state.said === said ? this.#store.set({ said: null }) : undefined, TOLD_MS);
  }

  #post<T>(address: string, body: PlanRequest | unknown): Promise<Answer<T>> {
    const headers = { "content-type": "application/json", [COMMAND_HEADER]: COMMAND_VALUE };
    return this.#ask<T>(address, { method: "POST", headers, body: JSON.stringify(body) });
  }

  #get<T>(address: string): Promise<Answer<T>> {
    return this.#ask<T>(address, {});
  }

  async #ask<T>(address: string, init: RequestInit): Promise<Answer<T>> {
    try {
      const response = await this.#outside.fetch(address, init);
      const text = await response.text();
      const value = text === "" ? null : JSON.parse(text) as T | Refusal | null;
      if (response.ok) return { ok: true, value: value as T };
      return {
        ok: false,
        text: (value as Refusal | null)?.message ?? `june-load answered with status ${response.status}`,
      };
    } catch {
      return { ok: false, text: "june-load does not answer: is it still running?" };
    }
  }
}

function said({ text }: { text: string }): Pick<PageState, "said"> {
  return { said: { tone: "fail", text } };
}
