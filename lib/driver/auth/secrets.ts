/** Removes secrets from texts that june-load shows: servers quote keys, headers and bodies in their errors. */
import type { ServicePlan } from "../../plan/plan.ts";
import { HIDDEN } from "../../plan/redact.ts";
import { withoutSpans } from "../../plan/secret/hide.ts";
import { Quotes } from "../../plan/secret/quotes.ts";
import type { TextUse } from "../driver.ts";
import { contentValues, jsonValues, type SecretValue, secretValuesOf } from "./secret_values.ts";

/** How many tokens of the run are kept; older ones have long expired. */
const MOST_TOKENS = 64;
/** A storm of failures repeats few texts. */
const MOST_REMEMBERED = 256;

/**
 * The secrets of one service. A text costs some microseconds, and nothing where it was hidden before; calls that succeed
 * have none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const secrets = new Secrets(null);
 * secrets.add("sk-live-4f9a");
 * assert.equal(secrets.hide('no such key "sk-live-4f9a"'), 'no such key "***"');
 * assert.equal(secrets.hide(`no such key: ${btoa("me:sk-live-4f9a")}`), "no such key: bWU6***");
 * ```
 */
export class Secrets {
  readonly #always = new Quotes();
  /** Of requests: a transcript may repeat what was sent. */
  readonly #requests = new Quotes();
  #tokens: string[] = [];
  #granted = new Quotes();
  readonly #remembered = new Map<string, string>();

  /** @param service whose plan may hold secrets; null: there is none */
  constructor(service: ServicePlan | null) {
    for (const value of service === null ? [] : secretValuesOf(service)) this.#keep(value);
  }

  #keep({ kind, value, request }: SecretValue): void {
    (request ? this.#requests : this.#always).add(kind, value);
  }

  /** Adds a token that came during the run. */
  add(token: string): void {
    if (this.#tokens.includes(token)) return;
    this.#tokens = [...this.#tokens, token].slice(-MOST_TOKENS);
    this.#granted = new Quotes();
    for (const one of this.#tokens) this.#granted.add("secret", one);
    this.#remembered.clear();
  }

  /** Adds the values of a reply that grants a token: it may hold others beside it. */
  addGrant(reply: unknown): void {
    for (const { kind, value } of jsonValues(reply as Parameters<typeof jsonValues>[0])) {
      if (kind === "secret") this.add(value);
    }
  }

  /** Adds the content of a file that requests send. */
  addContent(text: string): void {
    for (const found of contentValues(text)) this.#keep({ ...found, request: true });
  }

  /** The text with `***` in place of every secret, in whatever encoding, and of every part of one that was cut off. */
  hide(text: string, use: TextUse = "failure"): string {
    if (text === "") return text;
    const key = `${use} ${text}`;
    const known = this.#remembered.get(key);
    if (known !== undefined) return known;
    const finders = [this.#always, this.#granted, ...(use === "failure" ? [this.#requests] : [])];
    const safe = withoutSpans(text, finders.flatMap((quotes) => quotes.spans(text)), HIDDEN);
    if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(key, safe);
    return safe;
  }
}
