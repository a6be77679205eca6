/** A scripted Triton: it answers questions about its models by itself, and each inference by hand. */
import assert from "node:assert/strict";
import type { Content, OpenService, OperationEnd, RunningOperation } from "../../../lib/driver/driver.ts";
import type { Inputs } from "../../../lib/driver/inputs/inputs.ts";
import { openTriton } from "../../../lib/driver/triton/open.ts";
import type { LlmOptions, ServicePlan } from "../../../lib/plan/plan.ts";
import type { TritonSettings } from "../../../lib/plan/protocols.ts";
import type { TaskName } from "../../../lib/plan/tasks.ts";
import { StatusCode } from "../../../lib/transport/status.ts";
import * as kserve from "../../../proto/kserve.ts";
import { task } from "../../plans.ts";
import { type FakeCall, FakeChannel } from "../fake_channel.ts";
import { FakeClock } from "../fake_clock.ts";
import { MarkList, SERVICES } from "../workbench.ts";
import { callStart } from "../call_start.ts";

/** A model of the server. */
export interface FakeModel {
  name: string;
  version?: string;
  /** As the repository index tells it; default `READY`. */
  state?: string;
  reason?: string;
  inputs?: [name: string, datatype: string, shape: number[], optional?: "optional"][];
  outputs?: [name: string, datatype: string, shape: number[]][];
  decoupled?: boolean;
}

/** TensorRT-LLM's usual inputs, with the batch's dimension. */
export const TENSORRT: NonNullable<FakeModel["inputs"]> = [
  ["text_input", "BYTES", [-1, 1]],
  ["max_tokens", "INT32", [-1, 1]],
  ["stream", "BOOL", [-1, 1], "optional"],
  ["temperature", "FP32", [-1, 1], "optional"],
  ["lora_weights", "FP16", [-1, -1, -1], "optional"],
];

const TEXT_OUTPUT: NonNullable<FakeModel["outputs"]> = [["text_output", "BYTES", [-1, -1]]];

/** What a test may vary. */
export interface TritonSetup {
  models?: FakeModel[];
  settings?: Partial<TritonSettings>;
  options?: Partial<LlmOptions>;
  service?: Partial<ServicePlan>;
  inputs?: Inputs;
  /** Answers a question before the models do; true: it has. */
  answer?: (call: FakeCall) => boolean;
}

/** One prompt and one chat. */
export const INPUTS: Inputs = { kind: "llm", prompts: ["Hi?"], chats: [[{ role: "user", content: "Hello" }]] };

/** A server with models, and a service that names one of them: by default a decoupled one like TensorRT-LLM's. */
export class FakeTriton {
  readonly channel: FakeChannel;
  readonly clock = new FakeClock();
  readonly plan: ServicePlan;
  readonly models: FakeModel[];
  #service: OpenService | null = null;

  constructor(readonly setup: TritonSetup = {}) {
    const { models = [{ name: "ensemble", inputs: TENSORRT, decoupled: true }], settings, options, service } = setup;
    this.models = models;
    this.channel = new FakeChannel((call) => this.#answer(call));
    this.plan = {
      ...SERVICES.llm,
      protocol: "triton",
      options: { kind: "llm", max_tokens: 128, temperature: 0.5, system: "", ...options },
      settings: {
        protocol: "triton",
        model: "ensemble",
        version: "",
        streams: "per_request",
        inputs: null,
        text_output: "text_output",
        ...settings,
      },
      ...service,
    };
  }

  async open(): Promise<OpenService> {
    if (this.#service === null) {
      this.#service = await openTriton(this.plan, () => this.channel);
      await this.#service.connect();
    }
    return this.#service;
  }

  /** Starts a task. */
  async start(name: TaskName, { given, listen = false }: { given?: string; listen?: boolean } = {}): Promise<Started> {
    const service = await this.open();
    const operation = service.operation(task(name), this.setup.inputs ?? INPUTS);
    const marks = new MarkList(this.clock, listen);
    const running = operation.start(callStart(this.clock, marks, { givenText: given ?? null }));
    return new Started(this, marks, running);
  }

  /** Calls that carry inferences. */
  get inferences(): FakeCall[] {
    return this.channel.calls.filter(({ spec }) =>
      spec.path === kserve.PATHS.modelInfer || spec.path === kserve.PATHS.modelStreamInfer
    );
  }

  #answer(call: FakeCall): void {
    if (this.setup.answer?.(call) === true) return;
    const reply = (bytes: Uint8Array) => {
      // A question is answered after it was asked, as over a network.
      queueMicrotask(() => {
        call.reply(bytes);
        call.end();
      });
    };
    const { request } = call;
    if (request === null) return;
    switch (call.spec.path) {
      case kserve.PATHS.modelReady:
        return reply(readyBytes(this.#find(request)?.state ?? "READY", this.#find(request) !== undefined));
      case kserve.PATHS.modelMetadata:
        return reply(metadataBytes(this.#find(request) as FakeModel));
      case kserve.PATHS.modelConfig:
        return reply(configBytes(this.#find(request) as FakeModel));
      case kserve.PATHS.serverMetadata:
        return reply(kserve.ServerMetadataResponse.encode({ name: "triton", version: "2.51.0" }));
      case kserve.PATHS.repositoryIndex:
        return reply(kserve.RepositoryIndexResponse.encode({
          models: this.models.map(({ name, version = "1", state = "READY", reason = "" }) => ({
            name,
            version,
            state,
            reason,
          })),
        }));
    }
  }

  #find(request: Uint8Array): FakeModel | undefined {
    const { name, version } = kserve.ModelRequest.decode(request);
    return this.models.find((one) => one.name === name && (version === "" || version === (one.version ?? "1")));
  }
}

function readyBytes(state: string, known: boolean): Uint8Array {
  return kserve.ModelReadyResponse.encode({ ready: known && state === "READY" });
}

function metadataBytes({ name, version = "1", inputs = [], outputs = TEXT_OUTPUT }: FakeModel): Uint8Array {
  const tensor = ([name, datatype, shape]: [string, string, number[], ...unknown[]]) => ({ name, datatype, shape });
  return kserve.ModelMetadataResponse.encode({
    name,
    versions: [version],
    platform: "python",
    inputs: inputs.map(tensor),
    outputs: outputs.map(tensor),
  });
}

function configBytes({ name, inputs = [], decoupled = false }: FakeModel): Uint8Array {
  const input = inputs.map(([name, , , optional]) => ({ name, optional: optional !== undefined }));
  return kserve.ModelConfigResponse.encode({ config: { name, input, model_transaction_policy: { decoupled } } });
}

/** A task that was started. */
export class Started {
  constructor(readonly triton: FakeTriton, readonly marks: MarkList, readonly running: RunningOperation) {}

  /** The latest inference's call. */
  get call(): FakeCall {
    return this.triton.inferences.at(-1) as FakeCall;
  }

  /** The latest request that was sent. */
  get request(): kserve.ModelInferRequest {
    const bytes = this.call.request ?? this.call.written.at(-1);
    return kserve.ModelInferRequest.decode(bytes as Uint8Array);
  }

  get end(): OperationEnd {
    assert.ok(this.marks.result, "the operation has not ended");
    return this.marks.result;
  }

  /** What it carried, with the unit of its length. */
  get content(): Content | undefined {
    return this.end.content;
  }
}

/** The error of a call that the server does not know. */
export function refuse(call: FakeCall, code: number = StatusCode.UNIMPLEMENTED, details = ""): true {
  queueMicrotask(() => call.end(code, details));
  return true;
}

/** An output beside the text, raw. */
export type RawOutput = [name: string, datatype: string, raw: Uint8Array];

/** What a reply of a stream holds. */
export interface ReplyParts {
  id?: string;
  text?: string | string[];
  final?: boolean;
  error?: string;
  more?: RawOutput[];
}

const outputsOf = ({ text, more = [] }: ReplyParts) => {
  const texts = text === undefined ? [] : [...(Array.isArray(text) ? text : [text])];
  return {
    outputs: [
      ...(text === undefined ? [] : [{ name: "text_output", datatype: "BYTES", shape: [texts.length] }]),
      ...more.map(([name, datatype]) => ({ name, datatype, shape: [1] })),
    ],
    raw_output_contents: [...(text === undefined ? [] : [rawTexts(texts)]), ...more.map(([, , raw]) => raw)],
  };
};

/** One message of a stream. */
export function streamReply(parts: ReplyParts): Uint8Array {
  const { id = "", final, error = "" } = parts;
  const parameters = final === undefined ? {} : { triton_final_response: { bool_param: final } };
  return kserve.ModelStreamInferResponse.encode({
    error_message: error,
    infer_response: { model_name: "ensemble", id, parameters, ...outputsOf(parts) },
  });
}

/** The whole answer to ModelInfer. */
export function wholeReply(parts: ReplyParts): Uint8Array {
  return kserve.ModelInferResponse.encode({ model_name: "ensemble", id: parts.id ?? "", ...outputsOf(parts) });
}

/** Texts as a raw BYTES tensor: each with its length as 32 bits, little-endian. */
export function rawTexts(texts: readonly string[]): Uint8Array {
  return new Uint8Array(texts.flatMap((text) => {
    const bytes = new TextEncoder().encode(text);
    return [...new Uint8Array(new Uint32Array([bytes.length]).buffer), ...bytes];
  }));
}

/** One INT32 element. */
export const int32 = (value: number): Uint8Array => new Uint8Array(new Int32Array([value]).buffer);
