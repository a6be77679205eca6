/** Bundles the modules of the report's page into one script: `deno task bundle:page`. */

const FOLDER = new URL("../lib/report/html/page/", import.meta.url);
/** The committed bundle, which the page and the compiled file contain. */
export const BUNDLE = new URL("bundle.js", FOLDER);
const HEAD = "// Made by `deno task bundle:page` from main.ts; change that and the files it imports, not this.\n";

/**
 * The bundle as it must be now. Deno fetches its bundler from npm the first time, and keeps it.
 * @throws {Error} when the modules cannot be bundled, with what the bundler wrote
 */
export async function bundlePage(): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", "--format", "iife", "main.ts"],
    cwd: FOLDER.pathname,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (code !== 0) throw new Error(`Cannot bundle the page's script: ${text(stderr)}`);
  return HEAD + text(stdout);
}

if (import.meta.main) await Deno.writeTextFile(BUNDLE, await bundlePage());
