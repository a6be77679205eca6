/** The project's own files, read as text and as syntax. */

/** The project's folder. */
export const ROOT = new URL("../../", import.meta.url);

/** Made of other sources, which are read. */
const GENERATED: readonly string[] = ["bundle.js", "echarts.js"];

/** Every file below a folder whose name ends in one of `endings`; the bundles that a task makes are left out. */
export async function sources(dir: URL, endings: readonly string[] = [".ts"]): Promise<URL[]> {
  const found: URL[] = [];
  for await (const { name, isDirectory } of Deno.readDir(dir)) {
    if (isDirectory) found.push(...await sources(new URL(`${name}/`, dir), endings));
    else if (endings.some((ending) => name.endsWith(ending)) && !GENERATED.includes(name)) {
      found.push(new URL(name, dir));
    }
  }
  return found;
}

/** A file's path from the project's folder. */
export const pathOf = (url: URL): string => url.pathname.slice(ROOT.pathname.length);

/** A file with its text. */
export interface Source {
  path: string;
  text: string;
}

/** The files of some folders of the project, e.g. `lib/`. */
export async function read(folders: readonly string[], endings: readonly string[] = [".ts"]): Promise<Source[]> {
  const files = await Promise.all(folders.map((folder) => sources(new URL(folder, ROOT), endings)));
  return await Promise.all(
    files.flat().map(async (file) => ({ path: pathOf(file), text: await Deno.readTextFile(file) })),
  );
}

/** Complaints of a rule about one file, as `path:line: message`; the rule reads the syntax tree, as a lint rule does. */
export function complaintsOf({ path, text }: Source, rule: Deno.lint.Rule["create"]): string[] {
  const found = Deno.lint.runPlugin({ name: "house", rules: { rule: { create: rule } } }, path, text);
  return found.map(({ range, message }) => `${path}:${lineAt(text, range[0])}: ${message}`);
}

/** The number of the line that holds the character at `index`, from 1. */
const lineAt = (text: string, index: number) => text.slice(0, index).split("\n").length;
