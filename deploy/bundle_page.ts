/** Bundles the scripts of the report's page: its own, and as much of ECharts as it draws with. `deno task bundle:page`. */

const FOLDER = new URL("../lib/report/html/page/", import.meta.url);
/** The committed bundles, which the page and the compiled file contain, by the module that each is made of. */
export const BUNDLES = {
  "main.ts": { file: new URL("bundle.js", FOLDER), minified: false, licence: "" },
  "echarts.ts": {
    file: new URL("echarts.js", FOLDER),
    minified: true,
    licence: "// Apache ECharts and zrender, Apache License 2.0: apache.org/licenses/LICENSE-2.0\n",
  },
} as const;
const HEAD = (entry: string) =>
  `// Made by \`deno task bundle:page\` from ${entry}; change that and the files it imports, not this.\n`;

/**
 * A bundle as it must be now. Deno fetches its bundler from npm the first time, and keeps it.
 * @throws {Error} when the modules cannot be bundled, with what the bundler wrote
 */
export async function bundlePage(entry: keyof typeof BUNDLES): Promise<string> {
  const minify = BUNDLES[entry].minified ? ["--minify"] : [];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", "--format", "iife", ...minify, entry],
    cwd: FOLDER.pathname,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (code !== 0) throw new Error(`Cannot bundle the page's script: ${text(stderr)}`);
  return HEAD(entry) + BUNDLES[entry].licence + text(stdout);
}

if (import.meta.main) {
  for (const entry of ["main.ts", "echarts.ts"] as const) {
    await Deno.writeTextFile(BUNDLES[entry].file, await bundlePage(entry));
  }
}
