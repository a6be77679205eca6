/** The fields of one entry under any notation of their names; keeps account of which were used. */
import { plainName } from "../../../base/csv.ts";
import { LABELS } from "./names.ts";

/** Names that have been made plain, since entries of a file have the same ones. */
const PLAIN = new Map<string, string>();
const MAX_PLAIN = 10_000;

function plainOf(name: string): string {
  let plain = PLAIN.get(name);
  if (plain === undefined) {
    if (PLAIN.size >= MAX_PLAIN) PLAIN.clear();
    PLAIN.set(name, plain = plainName(name));
  }
  return plain;
}

/** One field that was found. */
export interface Found {
  /** As written. */
  name: string;
  value: unknown;
}

/** A JSON object's entries; null for any other value. */
export function objectOf(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
}

/** Nothing is there: absent, null, an empty text or list. */
const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);

/** The fields of one object or row. */
export class Fields {
  readonly #fields = new Map<string, Found>();
  readonly #used = new Set<string>();

  /** @param within what stands before its names in messages: `body.`, `messages[].` */
  constructor(readonly values: Readonly<Record<string, unknown>>, readonly within = "") {
    for (const [name, value] of Object.entries(values)) {
      const plain = plainOf(name);
      if (!this.#fields.has(plain)) this.#fields.set(plain, { name, value });
    }
  }

  /** Uses the first field that has one of these plain names, is not empty and fits; null: none. */
  take(names: readonly string[], fits: (value: unknown) => boolean = () => true): Found | null {
    for (const plain of names) {
      const found = this.#fields.get(plain);
      if (found === undefined || isEmpty(found.value) || !fits(found.value) || this.#used.has(plain)) continue;
      this.#used.add(plain);
      return found;
    }
    return null;
  }

  /** The fields of an object inside; null: none. */
  inside(names: readonly string[]): Fields | null {
    const found = this.take(names, (value) => objectOf(value) !== null);
    return found === null ? null : new Fields(objectOf(found.value) ?? {}, `${this.within}${found.name}.`);
  }

  /** Marks a field as used. */
  use(name: string): void {
    this.#used.add(plainOf(name));
  }

  /** Names of the fields that were not used, labels and empty fields aside. */
  *unused(): Iterable<string> {
    for (const [plain, { name, value }] of this.#fields) {
      if (!this.#used.has(plain) && !LABELS.has(plain) && !isEmpty(value)) yield this.within + name;
    }
  }
}
