/** `june-load init [file]` */
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { textFlag, textsFlag } from "../flag_kinds.ts";
import type { InitFlags } from "./init_flags.ts";

const address = (brief: string, placeholder = "host:port") => textFlag(brief, placeholder);

/** Writes a commented scenario file that is ready to run. */
export const initCommand = buildCommand<InitFlags, [string?], CliContext>({
  async func(flags, path) {
    const { writeScenario } = await import("./write_scenario.ts");
    await writeScenario(this, path ?? `${flags.name}.yaml`, flags);
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
