/** Turns what a terminal sends into single keys. Pure. */

const PASTE_BEGINS = "\x1b[200~";
const PASTE_ENDS = "\x1b[201~";
/** A whole control sequence (arrows, function keys, replies of the terminal), or a character with Alt. */
// deno-lint-ignore no-control-regex
const SEQUENCE = /^\x1b(?:\[[0-?]*[ -/]*[@-~]|O[\s\S]|[^[O])/u;
/** The beginning of one; an Escape alone is the key. */
// deno-lint-ignore no-control-regex
const BEGINNING = /^\x1b(?:\[[0-?]*[ -/]*|O)$/;
/** Longer ones are no sequence of a terminal. */
const SEQUENCE_MAX = 64;

/**
 * Makes a reader of keys. Only printable characters are keys: it leaves out control characters, arrows and the like, and
 * everything that was pasted (in the terminal's brackets), so that no letter of a pasted text stops a run.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const read = createKeyReader();
 * assert.deepEqual(read("s\x1b[A?"), ["s", "?"]);
 * assert.deepEqual([read("\x1b[200~ls -l"), read("s\x1b[201~+")], [[], ["+"]]);
 * ```
 */
export function createKeyReader(): (text: string) => string[] {
  let rest = "";
  let isPaste = false;
  return (text) => {
    const keys: string[] = [];
    rest += text;
    while (rest !== "") {
      if (isPaste) {
        const end = rest.indexOf(PASTE_ENDS);
        isPaste = end < 0;
        rest = isPaste ? rest.slice(1 - PASTE_ENDS.length) : rest.slice(end + PASTE_ENDS.length);
        if (isPaste) break;
      } else if (rest.startsWith(PASTE_BEGINS)) {
        isPaste = true;
        rest = rest.slice(PASTE_BEGINS.length);
      } else if (rest.length <= SEQUENCE_MAX && BEGINNING.test(rest)) {
        break;
      } else {
        const [taken] = SEQUENCE.exec(rest) ?? [String.fromCodePoint(rest.codePointAt(0)!)];
        rest = rest.slice(taken.length);
        if (/^[^\p{Cc}\p{Cf}\p{Cs}]$/u.test(taken)) keys.push(taken);
      }
    }
    return keys;
  };
}
