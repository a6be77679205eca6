/** What every task of June's services is made from. */
import type { ServicePlan, TaskPlan } from "../../plan/plan.ts";
import { TASKS } from "../../plan/tasks.ts";
import type { Channel, Method } from "../../transport/channel.ts";
import type { Operation, Random } from "../driver.ts";
import { serviceMetadata } from "../metadata.ts";
import { OperationCall, type Reply } from "./call.ts";

/** A task bound to a channel. */
export interface Task {
  /** Name reports group by. */
  readonly name: string;
  readonly reply_stream: boolean;
  /** Deadline of a call; milliseconds. */
  readonly timeout_ms: number;
  /** The RPC with this path; its directions are the task's. */
  method(path: string): Method;
}

/** Binds a task to the channel of its service. */
export function bindTask({ name, operation }: TaskPlan, service: ServicePlan, channel: Channel): Task {
  const { request_stream, reply_stream } = TASKS[name];
  const metadata = serviceMetadata(service);
  return {
    name: operation,
    reply_stream,
    timeout_ms: service.timeout_ms,
    method: (path) => channel.method({ path, request_stream, reply_stream, metadata }),
  };
}

/** One request, encoded, and how its reply is read. */
export interface Ask {
  request: Uint8Array;
  /** A new reader for each call. */
  reply(): Reply;
}

/** An operation that sends one message and reads one or many. */
export function askOperation(task: Task, path: string, asks: { pick(random: Random): Ask }): Operation {
  const method = task.method(path);
  return {
    name: task.name,
    reply_stream: task.reply_stream,
    start(random, _clock, marks) {
      const ask = asks.pick(random);
      return OperationCall.unary(method, ask.request, task.timeout_ms, marks, ask.reply());
    },
  };
}
