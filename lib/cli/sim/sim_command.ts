/** `june-load sim`: a simulated June to test against. */
import { buildCommand } from "@stricli/core";
import { UserError } from "../../plan/errors.ts";
import { FAULT_FORMS } from "../../sim/fault/parser.ts";
import { DEFAULT_HTTP_PORT, DEFAULT_PORTS } from "../../sim/options.ts";
import type { CliContext } from "../context.ts";
import { parsePort } from "../port.ts";
import { textFlag, textsFlag } from "../flag_kinds.ts";
import type { SimFlags } from "./sim_flags.ts";

function parseSeed(text: string): number {
  const seed = Number(text);
  if (Number.isSafeInteger(seed) && seed >= 0 && text !== "") return seed;
  throw new UserError("usage", `"${text}" is no seed: use a whole number from 0`);
}

const port = (service: string, byDefault: number) =>
  ({
    kind: "parsed",
    parse: (text: string) => parsePort(text),
    default: String(byDefault),
    brief: `Port of the ${service} service; 0: any free port`,
    placeholder: "port",
  }) as const;

/** Runs the simulator until it is interrupted. */
export const simCommand = buildCommand<SimFlags, [], CliContext>({
  async func(flags) {
    const { serveSimulator } = await import("./serve_sim.ts");
    await serveSimulator(this, flags);
  },
  parameters: {
    flags: {
      host: {
        kind: "parsed",
        parse: String,
        default: "127.0.0.1",
        brief: "Address to listen on",
        placeholder: "address",
      },
      llmPort: port("language model", DEFAULT_PORTS.llm),
      sttPort: port("speech-to-text", DEFAULT_PORTS.stt),
      ttsPort: port("text-to-speech", DEFAULT_PORTS.tts),
      httpPort: {
        kind: "parsed",
        parse: (text: string) => parsePort(text),
        default: String(DEFAULT_HTTP_PORT),
        brief: "Port of the HTTP gateway, its WebSocket and the OpenAI interface; 0: any free port",
        placeholder: "port",
      },
      openaiKey: textFlag("API key that the OpenAI interface requires [default: none]", "key"),
      openaiOld: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "The OpenAI interface answers like older vLLM: flat errors, usage without a request for it",
      },
      openaiTruncates: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "The OpenAI interface ends its streams after their first content",
      },
      profile: {
        kind: "enum",
        values: ["ideal", "june"],
        default: "ideal",
        brief: "ideal: follow the protos; june: behave like June's real servers, with their oddities",
      },
      fault: textsFlag("A fault to inject, e.g. llm.error_rate=5%; see below", "fault"),
      seed: { kind: "parsed", parse: parseSeed, default: "1", brief: "Seed of every random choice", placeholder: "n" },
    },
  },
  docs: {
    brief: "Run a simulated June: all three services, with queues and injected faults",
    fullDescription: [
      "Runs a simulated June: speech-to-text, language model and text-to-speech, with queues and injected faults.",
      "The speech ports speak NVIDIA Riva's protocol too, that of the language model Triton's. The HTTP port has June's former gateway and OpenAI's interface.",
      "",
      "  june-load sim",
      "  june-load sim --profile june --fault stt.error_rate=2% --fault stall=30s+5s",
      "",
      "Faults: [stt.|llm.|tts.]NAME=VALUE, for one service or, without its name, for all:",
      ...Object.entries(FAULT_FORMS).map(([name, { value, summary }]) =>
        `  ${(value === "" ? name : `${name}=${value}`).padEnd(32)} ${summary}`
      ),
    ].join("\n"),
  },
});
