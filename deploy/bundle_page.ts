/** Bundles the scripts of the report's page (its own, and as much of ECharts as it draws with) and of the live page. `deno task bundle:page`. */

const REPORT = new URL("../lib/report/html/page/", import.meta.url);
const LIVE = new URL("../lib/ui/web/page/", import.meta.url);
/** The committed bundles, which the pages and the compiled file contain, by the module that each is made of. */
export const BUNDLES = {
  "report/html/page/main.ts": { folder: REPORT, file: new URL("bundle.js", REPORT), minified: false, licence: "" },
  "report/html/page/echarts.ts": {
    folder: REPORT,
    file: new URL("echarts.js", REPORT),
    minified: true,
    licence: "// Apache ECharts and zrender, Apache License 2.0: apache.org/licenses/LICENSE-2.0\n",
  },
  "ui/web/page/main.ts": {
    folder: LIVE,
    file: new URL("bundle.js", LIVE),
    minified: true,
    licence: "// With preact, MIT License, and htm, Apache License 2.0: apache.org/licenses/LICENSE-2.0\n",
  },
} as const;
const HEAD = (entry: string) =>
  `// Made by \`deno task bundle:page\` from ${entry}; change that and the files it imports, not this.\n`;

/**
 * A bundle as it must be now. Deno fetches its bundler from npm the first time, and keeps it.
 * @throws {Error} when the modules cannot be bundled, with what the bundler wrote
 */
export async function bundlePage(entry: keyof typeof BUNDLES): Promise<string> {
  const { folder, minified, licence } = BUNDLES[entry];
  const name = entry.slice(entry.lastIndexOf("/") + 1);
  const minify = minified ? ["--minify"] : [];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", "--format", "iife", ...minify, name],
    cwd: folder.pathname,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (code !== 0) throw new Error(`Cannot bundle the page's script: ${text(stderr)}`);
  return HEAD(name) + licence + text(stdout);
}

if (import.meta.main) {
  for (const entry of Object.keys(BUNDLES) as Array<keyof typeof BUNDLES>) {
    await Deno.writeTextFile(BUNDLES[entry].file, await bundlePage(entry));
  }
}
