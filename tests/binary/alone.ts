/** Runs programs as a user does who has nothing but the one file. */

const ROOT = new URL("../../", import.meta.url).pathname;

/** How a program ended and what it said. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** A copy of one program, and an empty folder to run it in; both gone when disposed. */
export class Alone {
  /** Where it runs: empty at first. */
  readonly folder: string;
  readonly #program: string;

  private constructor(private readonly base: string, private readonly hides: boolean) {
    this.folder = `${base}/folder`;
    this.#program = `${base}/program`;
  }

  /** @throws {Error} when there is no such program; `remedy` says how to make it */
  static async with(program: string, remedy: string): Promise<Alone> {
    await Deno.stat(program).catch((cause) => {
      throw new Error(`There is no "${program}"; ${remedy}`, { cause });
    });
    const alone = new Alone(await Deno.makeTempDir({ prefix: "june-load-alone-" }), await canHide());
    await Deno.mkdir(alone.folder);
    await Deno.copyFile(program, alone.#program);
    return alone;
  }

  /** Runs it in the folder with an empty environment, and with the source tree out of sight where the system lets us. */
  async run(...args: string[]): Promise<Ended> {
    const { code, stdout, stderr } = await this.start([], ...args).output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  /** Starts it in the same way; `around` is a program that runs another, with its arguments. */
  start(around: readonly string[], ...args: string[]): Deno.ChildProcess {
    const [command, ...rest] = [...around, ...(this.hides ? hiding(ROOT) : []), this.#program, ...args];
    const options = { cwd: this.folder, clearEnv: true, stdin: "null", stdout: "piped", stderr: "piped" } as const;
    return new Deno.Command(command!, { args: rest, ...options }).spawn();
  }

  /** Paths of all files in the folder, below it, sorted. */
  async files(): Promise<string[]> {
    return await filesBelow(this.folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.base, { recursive: true });
  }
}

/** Paths of all files below a folder, without its own, sorted. */
export async function filesBelow(folder: string, prefix = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(`${folder}/${prefix}`)) {
    if (isDirectory) found.push(...await filesBelow(folder, `${prefix}${name}/`));
    else if (isFile) found.push(prefix + name);
  }
  return found.sort();
}

/** Words before a command that put an empty folder over `folder`, for that command only. */
function hiding(folder: string): string[] {
  const script = 'mount -t tmpfs none "$0" && exec env -i "$@"';
  return ["/usr/bin/unshare", "--map-root-user", "--mount", "/bin/sh", "-c", script, folder];
}

/** Containers may forbid mounts; then a program could see the tree, but has no reason to look for it. */
async function canHide(): Promise<boolean> {
  const [command, ...args] = [...hiding(ROOT), "/bin/true"];
  try {
    return (await new Deno.Command(command!, { args, clearEnv: true, stderr: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
