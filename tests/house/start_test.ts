import assert from "node:assert/strict";
import { ROOT } from "./sources.ts";

/** What `--help` may load: each file costs about half a millisecond before the first word is shown. */
const MOST_FILES = 60;

interface Loaded {
  specifier: string;
  dependencies?: { code?: { specifier: string }; isDynamic?: true }[];
}

/** The files that a file loads before it runs, without those that it loads when they are needed. */
function loadedBy(root: string, modules: readonly Loaded[]): Set<string> {
  const known = new Map(modules.map((one) => [one.specifier, one]));
  const found = new Set<string>();
  const visit = (specifier: string) => {
    if (found.has(specifier)) return;
    found.add(specifier);
    for (const { code, isDynamic } of known.get(specifier)?.dependencies ?? []) {
      if (code !== undefined && isDynamic !== true) visit(code.specifier);
    }
  };
  visit(root);
  return found;
}

Deno.test("the help waits for few files, and for no package but that of the command line", async () => {
  const main = new URL("main.ts", ROOT).href;
  const args = ["info", "--json", main];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT, stderr: "null" }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: Loaded[] };
  const loaded = [...loadedBy(main, modules)];
  const files = loaded.filter((specifier) => specifier.startsWith("file:"));
  assert.ok(files.length > 20 && files.length <= MOST_FILES, `${files.length} files:\n${files.join("\n")}`);
  const packages = loaded.filter((specifier) => specifier.startsWith("npm:"));
  assert.deepEqual(
    new Set(packages.map((one) => one.replace(/^npm:\/?(@?[^@]+).*$/, "$1"))),
    new Set(["@stricli/core"]),
  );
});
