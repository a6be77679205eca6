/** Parts that all tasks of OpenAI's interface share. */
import { UserError } from "../../plan/errors.ts";
import type { OpenAiSettings } from "../../plan/protocols.ts";
import type { ServicePlan, TaskPlan } from "../../plan/plan.ts";
import { TASKS } from "../../plan/tasks.ts";
import type { HttpChannel, HttpHeaders, HttpRequest } from "../../transport/http/channel.ts";
import { checkHeaders, checkRequest } from "../../transport/http/request_head.ts";
import type { Clock, Marks, Operation } from "../driver.ts";
import { type OutputLimit, Prepared, type RequestFields, type Supply } from "../inputs/inputs.ts";
import { type BodyReply, OpenAiCall } from "./call.ts";

/** An open service, as its tasks share it. */
export interface OpenAi {
  readonly service: ServicePlan;
  readonly settings: OpenAiSettings;
  readonly channel: HttpChannel;
  /** Sent with every request. */
  readonly headers: HttpHeaders;
}

/**
 * Makes what the tasks of a service share.
 * @throws {UserError} kind `config` for headers or a path that HTTP cannot send
 */
export function shareOpenAi(service: ServicePlan, settings: OpenAiSettings, channel: HttpChannel): OpenAi {
  const headers = service.metadata.map(({ key, value }) => [key.toLowerCase(), value] as const);
  checkSendable(service, { method: "GET", path: `${settings.base_path}/`, headers, body: null });
  return { service, settings, channel, headers };
}

function checkSendable({ name }: ServicePlan, request: HttpRequest): void {
  try {
    checkRequest(request);
    checkHeaders(request.headers);
  } catch (error) {
    throw new UserError("config", `Cannot send requests to service ${name}: ${(error as Error).message}`);
  }
}

/** The path of a request, with the query that all requests of the service have. */
export function pathOf({ base_path, query }: Pick<OpenAiSettings, "base_path" | "query">, path: string): string {
  return `${base_path}${path}${query === undefined ? "" : `?${query}`}`;
}

/** One request, encoded, and how its reply is read. */
export interface Ask {
  /** Null: the request has no body. */
  body: Uint8Array | null;
  content_type: string | null;
  /** A new reader for each call. */
  reply(marks: Marks, clock: Clock): BodyReply;
}

/** How a task makes its requests. */
export interface Form<Input> {
  method: "GET" | "POST";
  /** After the service's base path. */
  path: string;
  inputs: Supply<Input>;
  /** @param fields the input's own fields of the request */
  ask(input: Input, limit: OutputLimit | null, fields: RequestFields | null): Ask;
  /** Makes the input for a given text; absent where a text cannot be given. */
  given?(text: string): Input;
  /** Uploads speech: its last byte is the end of speech. */
  speaks?: boolean;
  prebuffer_us?: number;
}

/** Makes a task ready to be started many times. */
export function httpOperation<Input>(shared: OpenAi, task: TaskPlan, form: Form<Input>): Operation {
  const { channel, settings, service } = shared;
  const { given, method } = form;
  const path = pathOf(settings, form.path);
  const headersFor = sharedHeaders(shared.headers);
  const ask = (input: Input, limit: OutputLimit | null, fields: RequestFields | null) => {
    const { body, content_type, reply } = form.ask(input, limit, fields);
    return { request: { method, path, headers: headersFor(content_type), body }, reply };
  };
  const prepared = new Prepared(form.inputs, ask);
  return {
    name: task.operation,
    reply_stream: TASKS[task.name].reply_stream,
    ...(form.prebuffer_us !== undefined && { prebuffer_us: form.prebuffer_us }),
    start(start) {
      const { clock, marks, givenText } = start;
      const { request, reply } = givenText === null || given === undefined
        ? prepared.pick(start)
        : prepared.forText(givenText, start, given);
      const uploaded = form.speaks === true ? { uploaded: () => marks.speechEnd() } : {};
      return new OpenAiCall(
        { channel, clock, request, timeout_ms: service.timeout_ms, ...uploaded },
        marks,
        reply(marks, clock),
      );
    },
  };
}

/** Headers by content type, each list made once, so requests that share a list encode it once. */
function sharedHeaders(headers: HttpHeaders): (content_type: string | null) => HttpHeaders {
  const made = new Map<string | null, HttpHeaders>([[null, headers]]);
  return (content_type) => {
    const known = made.get(content_type);
    if (known !== undefined || content_type === null) return known ?? headers;
    const all: HttpHeaders = [["content-type", content_type], ...headers];
    made.set(content_type, all);
    return all;
  };
}

/**
 * The fields of a request. Those of the scenario's `extra` override ours; one that is null there takes away a field of ours,
 * and is sent as null where we have none. Those that `without` names are left out.
 */
export function fieldsWith(
  { extra, without = [] }: Pick<OpenAiSettings, "extra" | "without">,
  own: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const all: Record<string, unknown> = { ...own, ...extra };
  for (const [name, value] of Object.entries(extra)) if (value === null && name in own) delete all[name];
  for (const name of without) delete all[name];
  return all;
}

/** A request's body as JSON, with the model. */
export function jsonBody({ settings }: OpenAi, fields: Record<string, unknown>): Pick<Ask, "body" | "content_type"> {
  const all = fieldsWith(settings, { model: settings.model, ...fields });
  return { body: new TextEncoder().encode(JSON.stringify(all)), content_type: "application/json" };
}
