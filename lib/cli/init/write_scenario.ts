/** Writes a scenario file, from what the services themselves answer. */
import { UserError } from "../../plan/errors.ts";
import { outputError } from "../../result/output_error.ts";
import { initTemplate } from "../../scenario/init.ts";
import { NAME } from "../../scenario/schema/common.ts";
import { type CliContext, say, warn } from "../context.ts";
import { parseTargets } from "../flags.ts";
import type { InitFlags } from "./init_flags.ts";
import type { InitTargets } from "./scenario.ts";
import { MARKS } from "../../run/preflight.ts";

/**
 * Writes a commented scenario file that is ready to run.
 * @throws {UserError} for flags that contradict each other, and where the file is there or cannot be written
 */
export async function writeScenario(
  context: CliContext,
  path: string,
  { name, target, ...flags }: InitFlags,
): Promise<void> {
  const fault = NAME.fault(name);
  if (fault !== null) throw new UserError("usage", `--name: ${fault}`);
  const given = targetsOf(flags);
  if (target !== undefined && Object.keys(given).length > 0) {
    throw new UserError(
      "usage",
      "--target: cannot be combined with other services; use --june-llm, --june-stt and --june-tts for June's own services",
    );
  }
  await refuseToOverwrite(path);
  const text = await textFor(context, name, given, target);
  try {
    await Deno.writeTextFile(path, text, { createNew: true });
  } catch (error) {
    throw error instanceof Deno.errors.AlreadyExists ? exists(path) : outputError(path, error);
  }
  say(context, `Wrote ${path}. Next: june-load check ${path}, then june-load run ${path}`);
}

/** `{ juneLlm: "a:1" }` -> `{ "june-llm": "a:1" }` */
function targetsOf(flags: Omit<InitFlags, "name" | "target">): InitTargets {
  const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return Object.fromEntries(
    Object.entries(flags).flatMap(([name, value]) => typeof value === "string" ? [[kebab(name), value]] : []),
  );
}

async function textFor(
  context: CliContext,
  name: string,
  given: InitTargets,
  target: string[] | undefined,
): Promise<string> {
  const { askForTargets, initScenario } = await import("./scenario.ts");
  const isAsked = Object.keys(given).length === 0 && target === undefined && Deno.stdin.isTerminal();
  const targets = isAsked ? askForTargets((question) => prompt(question)) : given;
  if (Object.keys(targets).length === 0) return initTemplate({ name, targets: parseTargets(target ?? []) });
  const choose = Deno.stdin.isTerminal() ? chooseByNumber : null;
  const { text, checks } = await initScenario(name, targets, choose);
  for (const { name, address, state, details, remedy } of checks) {
    const isWell = state !== "failed" && state !== "unreachable";
    const line = `${MARKS[state]} ${name} at ${address}: ${[state, details].filter((word) => word !== "").join(", ")}`;
    if (isWell) say(context, line);
    else warn(context, remedy === "" ? line : `${line}. ${remedy}`);
  }
  return text;
}

/** Asks on the terminal; Enter takes the first. */
function chooseByNumber(question: string, names: readonly string[]): string | null {
  const list = names.map((name, index) => `  ${index + 1}  ${name.replace(/[^\x20-\x7e]/g, "?")}`);
  const answer = prompt(`${question}\n${list.join("\n")}\nNumber (Enter: 1)`);
  if (answer === null) return null;
  return answer.trim() === "" ? names[0] ?? null : names[Number(answer) - 1] ?? null;
}

async function refuseToOverwrite(path: string): Promise<void> {
  const isThere = await Deno.lstat(path).then(() => true, () => false);
  if (isThere) throw exists(path);
}

const exists = (path: string) => new UserError("output", `"${path}" already exists: name another file`);
