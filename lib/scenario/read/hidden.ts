/** The values of a scenario file that must not be shown: those of secret keys, and what came from variables. */
import { HIDDEN, isSecretVariable } from "../../plan/redact.ts";
import { withoutSpans } from "../../plan/secret/hide.ts";
import { type HiddenValue, Quotes, type ValueKind } from "../../plan/secret/quotes.ts";
import { isSecretName, tells } from "../../plan/secret/telling.ts";
import type { Variable } from "./environment.ts";

/** Keys whose values, and all values inside them, the plan never shows. */
const HIDDEN_KEYS: ReadonlySet<string> = new Set(
  ("bearer checks client_id client_secret equals extra headers json login matches message messages metadata multipart reply system text " +
    "value").split(" "),
);

/** Keys that hold maps with such keys: a text in place of the map is one of these values. */
const HOLDERS: ReadonlySet<string> = new Set(["auth", "oauth2"]);

/**
 * Keys whose values reports show because they say what was tested. A variable in them is shown, too, unless its name
 * marks it as a secret; a variable in any other key is hidden.
 */
export const SHOWN_KEYS: ReadonlySet<string> = new Set(
  ("audience audio_format base_path bearer_file ca cert cgroup clip clip_field clips comparison_baseline container content_type datatype description descriptor_set " +
    "field file files format gpus host import_dirs input_tokens key language language_code limit_field manifest method model name " +
    "output_dir output_tokens pin prompts protocol protos proxy raw reports scope send_as series server_name status text_output token_url transport url version " +
    "voice without").split(" "),
);

/** Shown keys whose queries are hidden. */
const ADDRESSES: ReadonlySet<string> = new Set(["host", "token_url", "proxy", "url"]);

/** Collects the values while the file is read. */
export class Hidden {
  readonly #literals: { kind: ValueKind; value: string }[] = [];
  readonly #variables = new Map<string, Variable & { kind: ValueKind; shown: boolean }>();
  #quotes: Quotes | null = null;

  /** A value that stands in the file. */
  literal(path: string, value: string): void {
    for (const password of passwordsIn(value)) this.#literals.push({ kind: "secret", value: password });
    if (!isHidden(path)) return;
    const kind = isSecretPlace(path) ? "secret" : kindOf(value);
    // The author must see which placeholder is wrong.
    for (const part of value.split(/\{\{[^{}]*\}\}/)) this.#literals.push({ kind, value: part });
    this.#quotes = null;
  }

  /** A value into which variables were filled. */
  expanded(path: string, whole: string, variables: readonly Variable[]): void {
    this.literal(path, whole);
    for (const { name, value } of variables) {
      const kind = isSecretVariable(name) || isSecretPlace(path) ? "secret" : kindOf(value);
      const shown = kind !== "secret" && isShown(path, whole, value);
      const known = this.#variables.get(name);
      if (known !== undefined && (known.kind === "secret" || shown)) continue;
      this.#variables.set(name, { name, value, kind, shown: shown && known?.shown !== false });
    }
    this.#quotes = null;
  }

  /** The values of variables that reports and failures must not show. */
  values(): HiddenValue[] {
    return [...this.#variables.values()].filter(({ kind, shown, value }) =>
      !shown && (kind === "secret" || tells(value))
    )
      .map(({ kind, value }) => ({ kind, value }));
  }

  /** The text of a fault without any of these values; a variable is named instead. */
  hide(text: string): string {
    const named = this.#withNames(text, (name) => `\${${name}}`);
    this.#quotes ??= this.#found();
    return withoutSpans(named, this.#quotes.spans(named), HIDDEN);
  }

  /** A name with the names of variables in braces: of all that tell something in one `made` from values, else of secrets. */
  named(text: string, made: boolean): string {
    return this.#withNames(text, (name) => `{${name}}`, made);
  }

  #withNames(text: string, sign: (name: string) => string, all = true): string {
    const secrets = [...this.#variables.values()].filter(({ kind, value }) =>
      kind === "secret" || (all && tells(value))
    );
    const longest = secrets.toSorted((one, other) => other.value.length - one.value.length);
    return longest.reduce(
      (safe, { name, value }) => value.length < 4 ? safe : safe.replaceAll(value, sign(name)),
      text,
    );
  }

  #found(): Quotes {
    const quotes = new Quotes();
    for (const { kind, value } of [...this.#literals, ...this.values()]) quotes.add(kind, value);
    return quotes;
  }
}

const kindOf = (value: string): ValueKind => /\s/.test(value) ? "text" : "value";

/** The keys of a path, without indices. */
const keysOf = (path: string): string[] => path.split(".").map((key) => key.replace(/\[\d+\]$/, ""));

/** Whether the plan never shows what stands at a path. */
export function isHidden(path: string): boolean {
  const keys = keysOf(path);
  return keys.some((key) => HIDDEN_KEYS.has(key)) || HOLDERS.has(keys.at(-1) as string);
}

/** Whether what stands at a path is a secret, whatever it looks like. */
export function isSecretPlace(path: string): boolean {
  const last = keysOf(path).at(-1) as string;
  return last === "bearer" || (isSecretName(last) && isHidden(path));
}

/** Users and passwords in an address, and its query. */
export function passwordsIn(address: string): string[] {
  const [, person = ""] = /^(?:[a-z+.-]+:\/\/)?([^\s/?#]*:[^\s?#]*)@/i.exec(address) ?? [];
  return person === "" ? [] : [person, person.slice(person.indexOf(":") + 1)];
}

/** Whether the plan shows the place of a value; it never shows a query. */
function isShown(path: string, whole: string, value: string): boolean {
  if (isHidden(path) || passwordsIn(whole).some((password) => password.includes(value))) return false;
  const last = keysOf(path).at(-1) as string;
  if (!SHOWN_KEYS.has(last)) return false;
  return !ADDRESSES.has(last) || whole.split("?")[0]!.includes(value);
}
