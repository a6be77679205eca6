/** Parts that the tasks of all gRPC services share. */
import type { ServicePlan, TaskPlan } from "../../plan/plan.ts";
import { TASKS } from "../../plan/tasks.ts";
import type { Channel, Method } from "../../transport/channel.ts";
import type { CallStart, Marks, Operation } from "../driver.ts";
import { type OutputLimit, type PickContext, Prepared, type Supply } from "../inputs/inputs.ts";
import { serviceMetadata } from "./metadata.ts";
import { OperationCall, type Sender } from "./call.ts";
import type { Reply } from "../core/reply.ts";

/** Which side of an RPC is a stream. */
export interface Directions {
  request_stream: boolean;
  reply_stream: boolean;
}

/** A task bound to a channel. */
export interface Task {
  /** Name reports group by. */
  readonly name: string;
  readonly reply_stream: boolean;
  /** Deadline of a call; milliseconds. */
  readonly timeout_ms: number;
  /** The RPC with this path; its directions are the task's unless given. */
  method(path: string, directions?: Directions): Method;
}

/** Binds a task to the channel of its service. */
export function bindTask({ name, operation }: TaskPlan, service: ServicePlan, channel: Channel): Task {
  const own: Directions = TASKS[name];
  const metadata = serviceMetadata(service);
  return {
    name: operation,
    reply_stream: own.reply_stream,
    timeout_ms: service.timeout_ms,
    method(path, { request_stream, reply_stream } = own) {
      return channel.method({ path, request_stream, reply_stream, metadata });
    },
  };
}

/** One request, encoded, and how its reply is read. */
export interface UnaryRequest {
  request: Uint8Array;
  /** A new reader for each call; it reports the text of the reply to `marks.text`. */
  reply(marks: Marks): Reply;
}

/** The source of an operation's requests: a picked input, or a given text. */
export interface RequestSource {
  pick(context: PickContext): UnaryRequest;
  /** Absent where a text cannot be given. */
  given?(text: string, context: PickContext): UnaryRequest;
}

/** Requests from picked inputs, and for given texts. */
export function requestsFrom<Input>(
  inputs: Supply<Input>,
  make: (input: Input, limit: OutputLimit | null) => UnaryRequest,
  inputOf: (text: string) => Input,
): RequestSource {
  const prepared = new Prepared(inputs, make);
  return {
    pick: (context) => prepared.pick(context),
    given: (text, context) => prepared.forText(text, context, inputOf),
  };
}

/** The request of one start. */
function askFor(asks: RequestSource, start: CallStart): UnaryRequest {
  const { givenText } = start;
  return givenText === null || asks.given === undefined ? asks.pick(start) : asks.given(givenText, start);
}

/** An operation that sends one message and reads one or many replies. */
export function unaryOperation(task: Task, path: string, asks: RequestSource): Operation {
  const method = task.method(path);
  return {
    name: task.name,
    reply_stream: task.reply_stream,
    start(start) {
      const ask = askFor(asks, start);
      const { marks } = start;
      return OperationCall.unary(method, ask.request, task.timeout_ms, marks, ask.reply(marks));
    },
  };
}

/** The same over a request stream: one message, then half-close. */
export function serverStreamOperation(task: Task, path: string, asks: RequestSource): Operation {
  const method = task.method(path, { request_stream: true, reply_stream: task.reply_stream });
  return {
    name: task.name,
    reply_stream: task.reply_stream,
    start(start) {
      const ask = askFor(asks, start);
      const { marks } = start;
      return OperationCall.stream(method, singleSender(ask.request), task.timeout_ms, marks, ask.reply(marks));
    },
  };
}

/** Sends one request, then half-closes. */
function singleSender(request: Uint8Array): Sender {
  return {
    begin(call) {
      call.send(request);
      call.finishSending();
    },
    drain() {},
    stop() {},
  };
}
