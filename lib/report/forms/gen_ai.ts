/** Metrics of language models under the names that OpenTelemetry's conventions for generative AI give them. */
import type { Plan, ServicePlan } from "../../plan/plan.ts";
import type { Protocol } from "../../plan/protocols.ts";
import type { TaskName } from "../../plan/tasks.ts";
import { outputUnit } from "../figures/kinds.ts";
import { type Attributes, type Metric, type Part, points } from "./metric.ts";

/** `gen_ai.operation.name` of the tasks that have one. */
const OPERATIONS: Partial<Record<TaskName, string>> = {
  "llm.chat": "chat",
  "llm.chat_stream": "chat",
  "llm.generate": "text_completion",
  "llm.generate_stream": "text_completion",
  "llm.embed": "embeddings",
};

/** `gen_ai.provider.name`: the interface that is spoken. Only OpenAI's is among the names of the conventions. */
const PROVIDERS: Record<Protocol, string> = {
  june: "june",
  triton: "triton",
  riva: "riva",
  openai: "openai",
  grpc: "grpc",
  rest: "rest",
  websocket: "websocket",
};

/**
 * Duration of calls (from their actual start; those that failed with `error.type`), time to the first chunk (from the
 * intended start, so that a full queue shows), time between chunks, and tokens, where the server counts them.
 * @see https://github.com/open-telemetry/semantic-conventions-genai
 */
export function genAiMetrics(plan: Plan, all: readonly Part[]): Metric[] {
  const parts = all.flatMap((part) => {
    const attributes = attributesOf(plan, part.operation);
    return attributes === null ? [] : [{ ...part, attributes: { ...part.attributes, ...attributes } }];
  });
  const tokens = parts.filter(({ series }) => outputUnit(series) === "tokens");
  const prompts = parts.filter(({ series }) => series.counter("prompt_tokens") > 0);
  const seconds = { unit: "s", divisor: 1e6, kind: "distribution" } as const;
  return [
    {
      name: "gen_ai.client.operation.duration",
      description: "GenAI operation duration",
      ...seconds,
      points: [
        ...points(parts, (series) => series.histogram("service_time")),
        ...points(parts, (series) => series.failed_latency, { "error.type": "_OTHER" }),
      ],
    },
    {
      name: "gen_ai.client.operation.time_to_first_chunk",
      description: "Time to receive the first chunk",
      ...seconds,
      points: points(parts, (series) => series.histogram("first_message")),
    },
    {
      name: "gen_ai.client.operation.time_per_output_chunk",
      description: "Time between one chunk and the next",
      ...seconds,
      points: points(parts, (series) => series.histogram("gap")),
    },
    {
      name: "gen_ai.client.token.usage",
      description: "Number of input and output tokens used",
      unit: "{token}",
      divisor: 1,
      kind: "distribution",
      points: [
        ...points(tokens, (series) => series.histogram("output_length"), { "gen_ai.token.type": "output" }),
        ...points(prompts, (series) => series.histogram("input_length"), { "gen_ai.token.type": "input" }),
      ],
    },
  ];
}

/** Null for an operation that is none of a language model. */
function attributesOf({ tasks, services }: Plan, operation: string): Attributes | null {
  const task = tasks.find((one) => one.operation === operation);
  const name = task === undefined ? undefined : OPERATIONS[task.name];
  const service = services.find((one) => one.name === task?.services[0]);
  if (name === undefined || service === undefined) return null;
  return {
    "gen_ai.operation.name": name,
    "gen_ai.provider.name": PROVIDERS[service.protocol],
    ...modelOf(service),
    ...placeOf(service.address),
  };
}

function modelOf({ settings }: ServicePlan): Attributes {
  return settings !== null && "model" in settings && settings.model !== ""
    ? { "gen_ai.request.model": settings.model }
    : {};
}

/** Host and port; nothing where there are several. */
function placeOf(address: string): Attributes {
  const [, host, port] = /^(?:\w+:\/\/)?(\[[^\]]+\]|[^:/,[\]]+):(\d+)(?:\/[^,]*)?$/.exec(address) ?? [];
  if (host === undefined || port === undefined) return {};
  return { "server.address": host.replace(/^\[|\]$/g, ""), "server.port": Number(port) };
}
