/** `june-load init [file]` */
import { buildCommand } from "@stricli/core";
import { UserError } from "../../plan/errors.ts";
import { outputError } from "../../result/output_error.ts";
import { initTemplate } from "../../scenario/init.ts";
import { NAME } from "../../scenario/schema/common.ts";
import { type CliContext, say, warn } from "../context.ts";
import { textFlag, textsFlag } from "../flag_kinds.ts";
import { parseTargets } from "../flags.ts";
import type { InitTargets } from "./scenario.ts";
import { MARKS } from "../../run/preflight.ts";

interface InitFlags {
  name: string;
  target?: string[];
  triton?: string;
  openai?: string;
  juneLlm?: string;
  rivaAsr?: string;
  openaiStt?: string;
  juneStt?: string;
  rivaTts?: string;
  openaiTts?: string;
  juneTts?: string;
  grpc?: string;
  rest?: string;
  websocket?: string;
}

const address = (brief: string, placeholder = "host:port") => textFlag(brief, placeholder);

/** Writes a commented scenario file that is ready to run. */
export const initCommand = buildCommand<InitFlags, [string?], CliContext>({
  async func({ name, target, ...flags }, path = `${name}.yaml`) {
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
    const text = await textFor(this, name, given, target);
    try {
      await Deno.writeTextFile(path, text, { createNew: true });
    } catch (error) {
      throw error instanceof Deno.errors.AlreadyExists ? exists(path) : outputError(path, error);
    }
    say(this, `Wrote ${path}. Next: june-load check ${path}, then june-load run ${path}`);
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ brief: "File to write [default: the name]", parse: String, placeholder: "file", optional: true }],
    },
    flags: {
      name: {
        kind: "parsed",
        parse: String,
        default: "my_scenario",
        brief: "Name of the scenario",
        placeholder: "name",
      },
      target: textsFlag(
        "Address of one of June's services, without contacting it: llm=HOST:PORT, stt=..., tts=...",
        "service=address",
      ),
      triton: address("Triton: TensorRT-LLM, vLLM or other models"),
      openai: address("Language model with OpenAI's interface", "url"),
      juneLlm: address("June's own language model service"),
      rivaAsr: address("Riva's speech recognition"),
      openaiStt: address("Speech recognition with OpenAI's interface", "url"),
      juneStt: address("June's speech recognition"),
      rivaTts: address("Riva's speech synthesis"),
      openaiTts: address("Speech synthesis with OpenAI's interface", "url"),
      juneTts: address("June's speech synthesis"),
      grpc: address("Any other gRPC server; its reflection lists the methods"),
      rest: address("An HTTP service", "url"),
      websocket: address("A WebSocket service", "url"),
    },
  },
  docs: {
    brief: "Write a commented scenario file",
    fullDescription: [
      "Writes a commented scenario file that is ready to run. Contacts the given services and fills in what it finds: models,",
      "languages, voices, methods, paths. Without flags it asks for addresses on a terminal; without a terminal it writes a",
      "file for June's services on this machine.",
      "",
      "  june-load init",
      "  june-load init load.yaml --triton gpu-1:8001 --riva-asr gpu-2:50051 --riva-tts gpu-2:50051",
      "  june-load init load.yaml --openai http://gpu-1:8000/v1 --rest https://shop.example.net/api",
      "  june-load init load.yaml --target llm=gpu-1:50051 --target stt=gpu-1:50052",
    ].join("\n"),
  },
});

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
