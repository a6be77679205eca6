/** The tasks of a language model behind Triton. */
import * as kserve from "../../../proto/kserve.ts";
import type { ServicePlan, TaskPlan } from "../../plan/plan.ts";
import type { Channel } from "../../transport/channel.ts";
import { StatusCode } from "../../transport/status.ts";
import type { Clock, Marks, Operation, Random, RunningOperation } from "../driver.ts";
import { OperationCall } from "../grpc_call.ts";
import { bindTask, type Task } from "../grpc_task.ts";
import { type ChatTurn, type Inputs, mapSupply, Prepared, type Supply } from "../inputs/inputs.ts";
import { healthOperation } from "../standard_health.ts";
import { oneLine } from "../text.ts";
import { Answer } from "./answer.ts";
import { chatPrompt } from "./chat.ts";
import type { Model } from "./model.ts";
import { textOutput } from "./outputs.ts";
import { OwnStream } from "./own_stream.ts";
import { type RequestMaker, requestMaker } from "./request.ts";
import { tritonSettings } from "./settings.ts";
import { SharedStreams } from "./shared_stream.ts";
import { StreamRequest } from "./stream_request.ts";
import { type InputTensor, namedTensors } from "./tensors.ts";
import { tensorrtTensors } from "./tensorrt_llm.ts";

/** Makes the request of one call. */
type Requests = (random: Random, given: string | undefined) => Uint8Array;

/**
 * Makes one task of a model ready to be started many times.
 * @param model gives what is known of it
 * @throws {TypeError} for a task Triton cannot do, which the plan's decoder rules out
 * @throws {UserError} for tensors that do not fit the model, metadata that cannot be sent, or a model that is not there
 */
export function prepareTriton(
  plan: TaskPlan,
  service: ServicePlan,
  channel: Channel,
  inputs: Inputs,
  model: () => Model,
): Operation {
  const task = bindTask(plan, service, channel);
  if (plan.name === "llm.health") return healthOperation(task, readyQuestion(service));
  if (inputs.kind !== "llm") throw new TypeError(`Cannot prepare ${plan.name}: the inputs are ${inputs.kind}`);
  switch (plan.name) {
    case "llm.generate":
    case "llm.generate_stream":
      return inferOperation(task, service, model(), inputs.prompts, (text) => text);
    case "llm.chat":
    case "llm.chat_stream": {
      const { system } = tritonSettings(service).options;
      const prompts = mapSupply(inputs.chats, (turns) => chatPrompt(system, turns));
      const given = (content: string): string => chatPrompt(system, [{ role: "user", content } satisfies ChatTurn]);
      return inferOperation(task, service, model(), prompts, given);
    }
  }
  throw new TypeError(`Cannot prepare ${plan.name}: Triton has no such task`);
}

/** Asks whether the model takes requests. */
function readyQuestion(service: ServicePlan) {
  const { model: name, version } = tritonSettings(service);
  return {
    path: kserve.PATHS.modelReady,
    request: kserve.ModelRequest.encode({ name, version }),
    healthy: (bytes: Uint8Array) => kserve.ModelReadyResponse.decode(bytes).ready,
  };
}

/**
 * The tensors of a service's requests.
 * @param stream the answer is wanted piece by piece; only decoupled models can
 * @throws {UserError} where they do not fit the model
 */
export function inputTensors(service: ServicePlan, model: Model, stream: boolean): InputTensor[] {
  const { inputs, options } = tritonSettings(service);
  return inputs === null ? tensorrtTensors(model, options, stream && model.decoupled) : namedTensors(model, inputs);
}

/** Sends a request that is made and marks how it is answered. */
type Begin = (bytes: Uint8Array, clock: Clock, marks: Marks) => RunningOperation;

function inferOperation(
  task: Task,
  service: ServicePlan,
  model: Model,
  prompts: Supply<string>,
  given: (text: string) => string,
): Operation {
  const settings = tritonSettings(service);
  const { name, reply_stream } = task;
  const tensors = inputTensors(service, model, reply_stream);
  const maker = requestMaker(settings, tensors, model.decoupled);
  const requests = requestsFrom(maker, settings.inputs === null, prompts, given);
  const begin = carrier(task, service, model);
  return {
    name,
    reply_stream,
    start(random, clock, marks, text) {
      let bytes: Uint8Array;
      try {
        bytes = requests(random, text);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        return neverSent(marks, error.message);
      }
      return begin(bytes, clock, marks);
    },
  };
}

/** A template made a value that its tensor does not take: the call fails as the server would have it fail. */
function neverSent(marks: Marks, why: string): RunningOperation {
  marks.end({
    outcome: "failed",
    code: StatusCode.INVALID_ARGUMENT,
    type: "INVALID_ARGUMENT",
    details: oneLine(`not sent: a tensor's value ${why}`),
    sent_bytes: 0,
    received_bytes: 0,
  });
  return { cancel() {} };
}

/**
 * How requests travel. A decoupled model is asked over a stream even where its answer is wanted whole: it takes requests
 * no other way.
 */
function carrier(task: Task, service: ServicePlan, model: Model): Begin {
  const { streams, text_output: wanted } = tritonSettings(service);
  const text_output = textOutput(model, wanted);
  const { decoupled } = model;
  const { timeout_ms } = task;
  const answer = (marks: Marks) => new Answer(marks, text_output);
  if (!task.reply_stream && !decoupled) {
    const method = task.method(kserve.PATHS.modelInfer, { request_stream: false, reply_stream: false });
    return (bytes, _clock, marks) => OperationCall.unary(method, bytes, timeout_ms, marks, answer(marks));
  }
  const method = task.method(kserve.PATHS.modelStreamInfer, { request_stream: true, reply_stream: true });
  if (streams === "shared") {
    const shared = new SharedStreams(method, service.connections);
    return (bytes, clock, marks) => shared.pick().start(bytes, timeout_ms, clock, answer(marks), decoupled);
  }
  return (bytes, _clock, marks) =>
    new OwnStream(method, new StreamRequest(answer(marks), bytes.length, decoupled), bytes, timeout_ms);
}

/** Requests for prompts picked, or for a text given; kept with their prompts where nothing else differs. */
function requestsFrom(
  maker: RequestMaker,
  keepable: boolean,
  prompts: Supply<string>,
  given: (text: string) => string,
): Requests {
  if (keepable) {
    const nothing: Random = { next: () => 0 };
    const make = (prompt: string) => maker({ random: nothing, seq: () => 0, prompt: () => prompt });
    const kept = new Prepared(prompts, make);
    return (random, text) => text === undefined ? kept.pick(random) : kept.forText(text, random, given);
  }
  const texts = new Prepared(prompts, (prompt) => prompt);
  let calls = 0;
  return (random, text) => {
    const prompt = text === undefined ? texts.pick(random) : texts.forText(text, random, given);
    const call = ++calls;
    return maker({ random, seq: () => call, prompt: () => prompt });
  };
}
