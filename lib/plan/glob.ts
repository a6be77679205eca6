/** Globs over operation names: `*` stands for any run of characters, everything else for itself. */

/** Whether `name` matches `glob` as a whole. */
export function matchesGlob(glob: string, name: string): boolean {
  const literal = glob.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`).test(name);
}
