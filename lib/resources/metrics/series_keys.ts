/** Names of the values of a reading: short where a page has one of a kind, with labels where it has several. */
import type { By, Group, Groups } from "./evaluate.ts";
import { showLabels } from "./labels.ts";

/** Most groups of one series, such as models. */
const MAX_GROUPS = 32;

/** Gives each group of each series a name that stays the same from page to page. */
export class SeriesKeys {
  /** By series and then by group. */
  readonly #known = new Map<string, Map<string, string>>();

  /**
   * The values under their names. Labels that are the same for all groups of the first page are left out; a group that
   * comes later has all of its labels.
   */
  name(series: string, by: By, groups: Groups): Array<[key: string, value: number | null]> {
    if (groups.size === 0) return [];
    const known = this.#known.get(series) ?? firstKeys(series, by, groups);
    this.#known.set(series, known);
    return [...groups].flatMap(([id, group]) => {
      const key = known.get(id) ?? later(series, by, group, known);
      if (key === null) return [];
      known.set(id, key);
      return [[key, group.value] as [string, number | null]];
    });
  }
}

function firstKeys(series: string, by: By, groups: Groups): Map<string, string> {
  const all = [...groups].slice(0, MAX_GROUPS);
  const named = new Set(all.flatMap(([, { labels }]) => namesOf(by, labels)));
  const telling = [...named].filter((name) => new Set(all.map(([, { labels }]) => labels.values.get(name))).size > 1);
  const keys = new Map<string, string>();
  for (const [id, { labels }] of all) keys.set(id, unique(withLabels(series, showLabels(labels, telling)), keys));
  return keys;
}

function later(series: string, by: By, { labels }: Group, known: ReadonlyMap<string, string>): string | null {
  if (known.size >= MAX_GROUPS) return null;
  return unique(withLabels(series, showLabels(labels, namesOf(by, labels))), known);
}

const namesOf = (by: By, { values }: Group["labels"]): readonly string[] =>
  by === "all" ? [...values.keys()].filter((name) => name !== "le" && name !== "quantile") : by;

const withLabels = (series: string, labels: string): string => labels === "" ? series : `${series}{${labels}}`;

/** Values that were cut may be alike. */
function unique(key: string, known: ReadonlyMap<string, string>): string {
  const taken = new Set(known.values());
  if (!taken.has(key)) return key;
  for (let nth = 2;; nth++) {
    const other = key.endsWith("}") ? `${key.slice(0, -1)},nth="${nth}"}` : `${key}{nth="${nth}"}`;
    if (!taken.has(other)) return other;
  }
}
