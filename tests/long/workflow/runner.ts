/** Runs the shell steps of a workflow as GitHub's runner does, and looks up what their expressions say. */
import { parse } from "yaml";

/** What an expression may name: `inputs`, `vars`, `github`, `env`, `steps`. */
export type Scope = Record<string, unknown>;

/** One step of a job or of a composite action. */
export interface Step {
  id?: string;
  name?: string;
  if?: string;
  uses?: string;
  run?: string;
  env?: Record<string, string>;
  with?: Record<string, string>;
}

/** A composite action. */
export interface Action {
  inputs: Record<string, { default?: string }>;
  outputs: Record<string, { value: string }>;
  runs: { steps: Step[] };
}

/** Reads a YAML file of the repository. */
export async function readYaml<T>(path: string): Promise<T> {
  return parse(await Deno.readTextFile(new URL(`../../../${path}`, import.meta.url))) as T;
}

/** The text with its `${{ }}` replaced. */
export function expand(text: string, scope: Scope): string {
  return String(text).replace(
    /\$\{\{(.*?)\}\}/g,
    (_, expression: string) => String(valueOf(expression.trim(), scope) ?? ""),
  );
}

/** `||`, `&&`, `==`, strings and names: what these workflows use. As at GitHub, what is not there equals "". */
function valueOf(expression: string, scope: Scope): unknown {
  for (const operator of ["||", "&&", "=="]) {
    const at = expression.indexOf(` ${operator} `);
    if (at < 0) continue;
    const left = valueOf(expression.slice(0, at), scope);
    const right = () => valueOf(expression.slice(at + operator.length + 2), scope);
    if (operator === "==") return (left ?? "") === (right() ?? "");
    return operator === "||" ? left || right() : left && right();
  }
  const quoted = /^'([^']*)'$/.exec(expression);
  if (quoted !== null) return quoted[1];
  if (!/^[a-z_]+(\.[\w-]+)+$/i.test(expression)) {
    throw new Error(`This test does not know the expression "${expression}"`);
  }
  return expression.split(".").reduce<unknown>((at, name) => (at as Scope | undefined)?.[name], scope);
}

/** How a step ended. */
export interface StepEnd {
  code: number;
  log: string;
  outputs: Record<string, string>;
  /** The Markdown of the step's summary. */
  summary: string;
}

/** Runs a shell step with GitHub's own flags of bash, in `cwd`. */
export async function runStep(step: Step, scope: Scope, cwd: string): Promise<StepEnd> {
  const dir = await Deno.makeTempDir({ prefix: "june_load_step_" });
  const [output, summary] = [`${dir}/output`, `${dir}/summary.md`];
  await Deno.writeTextFile(`${dir}/script.sh`, expand(step.run ?? "", scope));
  for (const file of [output, summary]) await Deno.writeTextFile(file, "");
  try {
    const env = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, text]) => [name, expand(text, scope)]));
    const ended = await new Deno.Command("bash", {
      args: ["--noprofile", "--norc", "-eo", "pipefail", `${dir}/script.sh`],
      cwd,
      env: { GITHUB_ACTIONS: "true", GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary, NO_COLOR: "1", ...env },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    const lines = (await Deno.readTextFile(output)).split("\n").filter((line) => line !== "");
    return {
      code: ended.code,
      log: decoder.decode(ended.stdout) + decoder.decode(ended.stderr),
      outputs: Object.fromEntries(
        lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
      ),
      summary: await Deno.readTextFile(summary),
    };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Runs the shell steps of the composite action with the inputs of a step that uses it. */
export async function runAction(action: Action, given: Record<string, string>, cwd: string): Promise<StepEnd> {
  const defaults = Object.entries(action.inputs).map(([name, { default: value }]) => [name, value ?? ""]);
  const inputs = { ...Object.fromEntries(defaults), ...given };
  const github = { action_path: new URL("../../..", import.meta.url).pathname.replace(/\/$/, "") };
  const steps: Record<string, { outputs: Record<string, string> }> = {};
  let log = "";
  let summary = "";
  let code = 0;
  for (const step of action.runs.steps) {
    if (step.run === undefined || code !== 0) continue;
    const ended = await runStep(step, { inputs, github, steps }, cwd);
    if (step.id !== undefined) steps[step.id] = ended;
    log += ended.log;
    summary += ended.summary;
    code = ended.code;
  }
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, expand(value, { steps })]);
  return { code, log, summary, outputs: Object.fromEntries(outputs) };
}
