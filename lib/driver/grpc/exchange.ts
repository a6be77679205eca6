/** Calls one method of a gRPC service under load: requests encoded before the load, replies decoded only for checks. */
import type { ServicePlan } from "../../plan/plan.ts";
import type { CallKind, GrpcExchange } from "../../plan/protocols.ts";
import { UserError } from "../../plan/errors.ts";
import type { Channel } from "../../transport/channel.ts";
import type { Operation } from "../driver.ts";
import { templateOperation } from "../exchange/exchange.ts";
import { OperationCall, type Sender, type StreamCall } from "../rpc/call.ts";
import { serviceMetadata } from "../rpc/metadata.ts";
import { TEMPLATE_SOURCES, type TemplateContext } from "../exchange/template.ts";
import { bytesOf, compileMessage, type Part } from "./encode.ts";
import { type ReplyMaker, replyMaker, UNREAD } from "./reply_checks.ts";
import { callKindOf, type MethodType, splitMethod, type Types } from "./types.ts";

/** An exchange, checked, with its constant parts encoded. */
export interface ReadyExchange {
  name: string;
  /** `/package.Service/Method`. */
  path: string;
  request_stream: boolean;
  reply_stream: boolean;
  messages: readonly Part[];
  reply: ReplyMaker;
}

/** Which sides of a call of each kind are streams. */
const SIDES: Record<CallKind, { request_stream: boolean; reply_stream: boolean }> = {
  unary: { request_stream: false, reply_stream: false },
  client_stream: { request_stream: true, reply_stream: false },
  server_stream: { request_stream: false, reply_stream: true },
  bidi_stream: { request_stream: true, reply_stream: true },
};

/** Whether an exchange needs the message types of its method. */
export function needsTypes({ raw_files, call_kind, checks }: GrpcExchange): boolean {
  return raw_files.length === 0 || call_kind === undefined || checks.length > 0;
}

/**
 * Prepares an exchange.
 * @param types null only for an exchange that needs none
 * @param raw the contents of its raw files, in order
 * @throws {UserError} kind `config`; the message names service, exchange and place, and says what is wrong
 */
export function readyExchange(
  service: ServicePlan,
  exchange: GrpcExchange,
  types: Types | null,
  raw: readonly Uint8Array[],
): ReadyExchange {
  const { name, call_kind, checks } = exchange;
  try {
    const method = types === null ? null : types.method(exchange.method);
    const { request_stream, reply_stream } = sidesOf(method, call_kind);
    const messages = method === null || types === null || raw.length > 0 ? raw : compileAll(exchange, method, types);
    if (!request_stream && messages.length !== 1) {
      throw new RangeError(`${exchange.method} takes one message, not ${messages.length}`);
    }
    const reply = method === null || types === null ? () => UNREAD : replyMaker(checks, method.reply, types);
    const { service: full, method: short } = splitMethod(exchange.method);
    return { name, path: `/${full}/${short}`, request_stream, reply_stream, messages, reply };
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof UserError)) throw error;
    const kind = error instanceof UserError ? error.kind : "config";
    throw new UserError(kind, `Service ${service.name}, call "${name}" (${exchange.method}): ${error.message}`);
  }
}

function sidesOf(method: MethodType | null, call_kind: CallKind | undefined) {
  const told = call_kind === undefined ? null : SIDES[call_kind];
  if (method === null) return told ?? SIDES.unary;
  if (told !== null && (told.request_stream !== method.request_stream || told.reply_stream !== method.reply_stream)) {
    throw new RangeError(`its kind is ${callKindOf(method)}, not ${call_kind}; leave the kind out`);
  }
  return method;
}

/** A method that takes one message gets an empty one where the scenario has none. */
function compileAll({ messages }: GrpcExchange, { request, request_stream }: MethodType, types: Types): Part[] {
  const given = messages.length === 0 && !request_stream ? [{}] : messages;
  const encoding = { types, sources: TEMPLATE_SOURCES };
  return given.map((message, index) => compileMessage(request, message, encoding, `messages[${index}]`));
}

/** The exchange as an operation; all messages of a call are sent at once, in order. */
export function exchangeOperation(ready: ReadyExchange, service: ServicePlan, channel: Channel): Operation {
  const { name, path, request_stream, reply_stream, messages, reply } = ready;
  const method = channel.method({ path, request_stream, reply_stream, metadata: serviceMetadata(service) });
  const { timeout_ms } = service;
  const [first] = messages;
  return templateOperation(name, reply_stream, (context, { marks }) => {
    if (!request_stream && first !== undefined) {
      return OperationCall.unary(method, bytesOf(first, context), timeout_ms, marks, reply(marks));
    }
    return OperationCall.stream(method, new MessageSender(messages, context), timeout_ms, marks, reply(marks));
  });
}

/** Sends messages one after the other, as fast as the stream takes them, then half-closes. */
class MessageSender implements Sender {
  #call: StreamCall | null = null;
  #next = 0;
  #finished = false;

  constructor(readonly messages: readonly Part[], readonly context: TemplateContext) {}

  begin(call: StreamCall): void {
    this.#call = call;
    this.drain();
  }

  drain(): void {
    const call = this.#call;
    if (call === null || this.#finished) return;
    while (this.#next < this.messages.length) {
      if (call.ended) return;
      if (!call.send(bytesOf(this.messages[this.#next++] as Part, this.context)) && this.#next < this.messages.length) {
        return;
      }
    }
    this.#finished = true;
    call.finishSending();
  }

  stop(): void {
    this.#finished = true;
  }
}
