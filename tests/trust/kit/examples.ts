/** The examples of README and docs, as their readers see them. */
const ROOT = new URL("../../../", import.meta.url);

/** A block of YAML on a page. */
export interface Block {
  /** `docs/protocols.md:52`. */
  where: string;
  text: string;
}

/** Pages with examples. */
function pages(): string[] {
  const docs = [...Deno.readDirSync(new URL("docs", ROOT))].map(({ name }) => name).filter((name) =>
    name.endsWith(".md")
  );
  return ["README.md", ...docs.sort().map((name) => `docs/${name}`)];
}

/** Every block of YAML in README and docs that is a scenario or a part of one; steps of a workflow are neither. */
export function yamlBlocks(): Block[] {
  return pages().flatMap((page) => {
    const text = Deno.readTextFileSync(new URL(page, ROOT));
    const blocks = [...text.matchAll(/^```yaml\n(.*?)^```/gms)].map(({ index, 1: block }) => ({
      where: `${page}:${text.slice(0, index).split("\n").length}`,
      text: block as string,
    }));
    return blocks.filter((block) => !block.text.startsWith("- uses:"));
  });
}

/** A command of README: its words after `june-load`. */
export interface Command {
  where: string;
  words: string[];
}

/** Every `june-load run ...` of the pages that can be run as it is: with a built-in scenario. */
export function runCommands(): Command[] {
  return pages().flatMap((page) => {
    // A command may go on in the next line.
    const text = Deno.readTextFileSync(new URL(page, ROOT)).replaceAll("\\\n", "  ");
    return [...text.matchAll(/(?<=^june-load |`june-load |`)run [a-z_]+\b[^`\n#|]*/gm)].map((
      { index, 0: command },
    ) => ({
      where: `${page}:${text.slice(0, index).split("\n").length}`,
      words: [...command.matchAll(/'([^']*)'|(\S+)/g)].map(({ 1: quoted, 2: plain }) => quoted ?? plain ?? ""),
    }));
  });
}
