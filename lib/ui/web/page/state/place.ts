/** Where in the page the user is: the part of the address behind `#`, so that reload and the browser's buttons know it. */

/** What is shown. */
export type Place =
  /** The form, the run or its report: whichever it is time for. */
  | { tag: "now" }
  /** The form again, after a run. */
  | { tag: "plan" }
  /** The report of a run. */
  | { tag: "report"; id: string }
  /** Two runs beside each other. */
  | { tag: "compare"; base: string; next: string }
  /** All runs in the output folder. */
  | { tag: "runs" };

/**
 * Reads an address; anything unknown is `now`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const place = { tag: "compare", base: "a/1", next: "b 2" } as const;
 * assert.deepEqual(readPlace(writePlace(place)), place);
 * assert.deepEqual(readPlace("#%zz"), { tag: "now" });
 * ```
 */
export function readPlace(hash: string): Place {
  const [tag = "", ...parts] = hash.replace(/^#/, "").split("/");
  const [first, second] = parts.map(decoded);
  if (tag === "plan" || tag === "runs") return { tag };
  if (tag === "report" && first !== undefined && first !== "") return { tag, id: first };
  if (tag === "compare" && first !== undefined && second !== undefined) return { tag, base: first, next: second };
  return { tag: "now" };
}

/** The address of a place. */
export function writePlace(place: Place): string {
  switch (place.tag) {
    case "now":
      return "#";
    case "plan":
    case "runs":
      return `#${place.tag}`;
    case "report":
      return `#report/${encodeURIComponent(place.id)}`;
    case "compare":
      return `#compare/${encodeURIComponent(place.base)}/${encodeURIComponent(place.next)}`;
  }
}

/** An address may hold anything. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
