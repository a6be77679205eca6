/** Where this program stands among the jobs of its shell: whether the terminal is its own, and whether `fg` would find it. */

/** The numbers of a process that say so, of /proc/PID/stat. */
export interface JobNumbers {
  parent: number;
  group: number;
  session: number;
  /** The group that the terminal belongs to now. */
  foreground: number;
}

/**
 * Reads /proc/PID/stat; null for a text that is none. The second field is the program's name, which may hold anything.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const text = "72 (a (b) 1 2) S 61 72 61 34816 72 4194304";
 * assert.deepEqual(jobNumbers(text), { parent: 61, group: 72, session: 61, foreground: 72 });
 * ```
 */
export function jobNumbers(text: string): JobNumbers | null {
  const [, parent, group, session, , foreground] = text.slice(text.lastIndexOf(")") + 2).split(" ").map(Number);
  if (parent === undefined || group === undefined || session === undefined || foreground === undefined) return null;
  return { parent, group, session, foreground };
}

const read = (pid: number | "self"): JobNumbers | null => {
  try {
    return jobNumbers(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return null;
  }
};

/** Whether the terminal belongs to this program, and not to its shell; true where nobody knows. */
export function isInForeground(own: JobNumbers | null = read("self")): boolean {
  return own === null || own.foreground === own.group;
}

/** Programs between this one and the shell, such as `deno task`, are few. */
const PARENTS_MAX = 32;

/**
 * Whether a shell with job control waits for this program: a parent of its session, but in another group. Without one
 * nothing would ever continue it. True where nobody knows.
 * @param of reads the numbers of a process
 */
export function mayComeBack(of: (pid: number | "self") => JobNumbers | null = read): boolean {
  const own = of("self");
  if (own === null) return true;
  let { parent } = own;
  for (let i = 0; i < PARENTS_MAX; i++) {
    const above = of(parent);
    if (above === null || above.session !== own.session) return false;
    if (above.group !== own.group) return true;
    parent = above.parent;
  }
  return false;
}
