/** Prepares the tasks of a language model on Triton. */
import * as kserve from "../../../proto/kserve.ts";
import type { ServicePlan, TaskPlan } from "../../plan/plan.ts";
import type { Channel } from "../../transport/channel.ts";
import { StatusCode } from "../../transport/status.ts";
import type { CallStart, Clock, Marks, Operation, RunningOperation } from "../driver.ts";
import { OperationCall } from "../rpc/call.ts";
import { bindTask, type Task } from "../rpc/task.ts";
import {
  type ChatTurn,
  type Inputs,
  mapSupply,
  NO_CALL,
  type OutputLimit,
  Prepared,
  type Supply,
} from "../inputs/inputs.ts";
import { healthOperation } from "../rpc/standard_health.ts";
import { oneLine } from "../core/text.ts";
import { Answer } from "./answer.ts";
import { chatPrompt } from "./chat.ts";
import type { Model } from "./model.ts";
import { textOutput } from "./outputs.ts";
import { OwnStream } from "./own_stream.ts";
import { type RequestMaker, requestMaker } from "./request.ts";
import { tritonSettings } from "./settings.ts";
import type { SharedStreams } from "./shared_stream.ts";
import { StreamRequest } from "./stream_request.ts";
import { type InputTensor, namedTensors } from "./tensors.ts";
import { tensorrtTensors } from "./tensorrt_llm.ts";

/** A model's service, connected. */
export interface TritonService {
  plan: ServicePlan;
  channel: Channel;
  /** @throws {UserError} kind `unreachable` where the server does not have the model, or has not loaded it yet */
  model(): Model;
  /** The streams that its tasks share; made on first use. */
  shared(): SharedStreams;
}

/** Most output limits whose request makers are kept; one more clears them all. */
const MAX_LIMITS = 1000;

/** Builds the request of one call. */
type Requests = (start: CallStart) => Uint8Array;

/**
 * Makes one task of a model ready to be started many times.
 * @throws {TypeError} for a task that Triton does not have, which the plan's decoder rules out
 * @throws {UserError} for tensors that do not fit the model, metadata that cannot be sent, or a missing model
 */
export function prepareTriton(plan: TaskPlan, triton: TritonService, inputs: Inputs): Operation {
  const { plan: service, channel } = triton;
  const task = bindTask(plan, service, channel);
  if (plan.name === "llm.health") return healthOperation(task, readyQuestion(service));
  if (inputs.kind !== "llm") throw new TypeError(`Cannot prepare ${plan.name}: the inputs are ${inputs.kind}`);
  switch (plan.name) {
    case "llm.generate":
    case "llm.generate_stream":
      return inferOperation(task, triton, inputs.prompts, (text) => text);
    case "llm.chat":
    case "llm.chat_stream": {
      const { system } = tritonSettings(service).options;
      const prompts = mapSupply(inputs.chats, (turns) => chatPrompt(system, turns));
      const given = (content: string): string => chatPrompt(system, [{ role: "user", content } satisfies ChatTurn]);
      return inferOperation(task, triton, prompts, given);
    }
  }
  throw new TypeError(`Cannot prepare ${plan.name}: Triton has no such task`);
}

/** An operation that asks whether the model accepts requests. */
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
 * @param stream request the answer piece by piece, which only decoupled models can send
 * @param limit the prompt's own limit of the answer; tensors in the scenario define it themselves
 * @throws {UserError} where they do not fit the model
 */
export function inputTensors(
  service: ServicePlan,
  model: Model,
  stream: boolean,
  limit: OutputLimit | null = null,
): InputTensor[] {
  const { inputs, options } = tritonSettings(service);
  if (inputs !== null) return namedTensors(model, inputs);
  return tensorrtTensors(model, options, stream && model.decoupled, limit);
}

/** Sends a request and reports its replies as marks. */
type Begin = (bytes: Uint8Array, clock: Clock, marks: Marks) => RunningOperation;

function inferOperation(
  task: Task,
  triton: TritonService,
  prompts: Supply<string>,
  given: (text: string) => string,
): Operation {
  const { plan: service } = triton;
  const model = triton.model();
  const settings = tritonSettings(service);
  const { name, reply_stream } = task;
  const makerFor = makersByLimit((limit) =>
    requestMaker(settings, inputTensors(service, model, reply_stream, limit), model.decoupled)
  );
  // Made before the run, so that tensors that do not fit are reported before it.
  makerFor(null);
  const requests = requestsFrom(makerFor, settings.inputs === null, prompts, given);
  const begin = carrier(task, triton, model);
  return {
    name,
    reply_stream,
    start(start) {
      const { clock, marks } = start;
      let bytes: Uint8Array;
      try {
        bytes = requests(start);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        return neverSent(marks, error.message);
      }
      return begin(bytes, clock, marks);
    },
  };
}

/** A template made a value that its tensor does not accept: the call fails as if the server had refused it. */
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
 * How requests are sent. A decoupled model gets requests over a stream even for a whole answer: it takes them no other
 * way.
 */
function carrier(task: Task, { plan, shared }: TritonService, model: Model): Begin {
  const { streams, text_output: wanted } = tritonSettings(plan);
  const output = textOutput(model, wanted);
  const { decoupled } = model;
  const { timeout_ms } = task;
  const answer = (marks: Marks) => new Answer(marks, output);
  if (!task.reply_stream && !decoupled) {
    const method = task.method(kserve.PATHS.modelInfer, { request_stream: false, reply_stream: false });
    return (bytes, _clock, marks) => OperationCall.unary(method, bytes, timeout_ms, marks, answer(marks));
  }
  if (streams === "shared") {
    return (bytes, clock, marks) => shared().pick().start(bytes, timeout_ms, clock, answer(marks), decoupled);
  }
  const method = task.method(kserve.PATHS.modelStreamInfer, { request_stream: true, reply_stream: true });
  return (bytes, _clock, marks) =>
    new OwnStream(method, new StreamRequest(answer(marks), bytes.length, decoupled), bytes, timeout_ms);
}

/** Requests for picked prompts and for given texts. They are kept with their prompts if nothing else varies. */
function requestsFrom(
  makerFor: (limit: OutputLimit | null) => RequestMaker,
  keepable: boolean,
  prompts: Supply<string>,
  given: (text: string) => string,
): Requests {
  if (keepable) {
    const make = (prompt: string, limit: OutputLimit | null) =>
      makerFor(limit)({ ...NO_CALL, seq: () => 0, prompt: () => prompt });
    const kept = new Prepared(prompts, make);
    return (start) => promptOf(kept, start, given);
  }
  const maker = makerFor(null);
  const texts = new Prepared(prompts, (prompt) => prompt);
  let calls = 0;
  return (start) => {
    const prompt = promptOf(texts, start, given);
    const call = ++calls;
    const { user, random, inputs } = start;
    return maker({ user, random, inputs, seq: () => call, prompt: () => prompt });
  };
}

/** Converts the given text of a call, or a prompt picked for it. */
function promptOf<Made>(prompts: Prepared<string, Made>, start: CallStart, inputOf: (text: string) => string): Made {
  const { givenText } = start;
  return givenText === null ? prompts.pick(start) : prompts.forText(givenText, start, inputOf);
}

/** Request makers by limit of the answer, since each prompt may have its own limit. */
function makersByLimit(make: (limit: OutputLimit | null) => RequestMaker): (limit: OutputLimit | null) => RequestMaker {
  const made = new Map<string, RequestMaker>();
  return (limit) => {
    const key = limit === null ? "" : `${limit.max_tokens} ${limit.exact}`;
    let maker = made.get(key);
    if (maker !== undefined) return maker;
    if (made.size === MAX_LIMITS) made.clear();
    made.set(key, maker = make(limit));
    return maker;
  };
}
