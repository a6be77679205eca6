/** Reads a server's services and types by grpc.reflection v1, or v1alpha where the server does not have v1. */
import { errorText } from "../../base/errors.ts";
import { FileDescriptorProto } from "../../../proto/descriptor.ts";
import { PATHS, ServerReflectionRequest, ServerReflectionResponse } from "../../../proto/reflection.ts";
import type { Channel, ClientCall, Metadata, Status } from "../../transport/channel.ts";
import { StatusCode, statusName } from "../../transport/status.ts";
import { oneLine } from "../core/text.ts";
import { definitionsOf } from "./descriptor_files.ts";
import { builtInHome, missingTypes } from "./missing_types.ts";
import type { Definitions } from "./types.ts";

/** Why reflection gave no answer. */
export class ReflectionError extends Error {
  override readonly name = "ReflectionError";
  /**
   * @param fault `missing`: the server has no reflection; `unknown`: it does not know the symbol; `failed`: all other
   * reasons
   * @param code gRPC status
   */
  constructor(readonly fault: "missing" | "unknown" | "failed", readonly code: number, message: string) {
    super(message);
  }
}

/** One field of a request. */
type Question = Partial<Record<keyof ServerReflectionRequest, string>>;
type Ask = (question: Question) => Promise<ServerReflectionResponse>;

/** Most files fetched from one server. */
const MAX_FILES = 5000;

/**
 * Full names of the services a server lists, sorted; those of reflection itself are left out.
 * @param timeout_ms deadline of all requests together
 * @throws {ReflectionError}
 */
export function listServices(channel: Channel, metadata: Metadata, timeout_ms: number): Promise<string[]> {
  return converse(channel, metadata, timeout_ms, async (ask) => {
    const { list_services_response, error_response } = await ask({ list_services: "*" });
    if (list_services_response === null) throw refusal(error_response, "its services");
    const names = list_services_response.service.map(({ name }) => oneLine(name));
    return names.filter((name) => !/^grpc\.reflection\./.test(name)).sort();
  });
}

/**
 * The definitions of symbols, with all imports that the server has.
 * @param symbols full names of services or types
 * @param timeout_ms deadline of all requests together
 * @param lenient skips a symbol that the server does not know; some servers list services that they cannot describe
 * @throws {ReflectionError} else `unknown` for one
 */
export function reflectDefinitions(
  channel: Channel,
  metadata: Metadata,
  timeout_ms: number,
  symbols: Iterable<string>,
  lenient = false,
): Promise<Definitions> {
  return converse(channel, metadata, timeout_ms, async (ask) => {
    const files = new Map<string, FileDescriptorProto>();
    for (const symbol of new Set(symbols)) {
      const answer = lenient
        ? await unlessRefused(ask({ file_containing_symbol: symbol }))
        : await ask({ file_containing_symbol: symbol });
      const found = answer?.file_descriptor_response;
      if (found) addFiles(found.file_descriptor_proto, files);
      else if (!lenient) throw refusal(answer?.error_response ?? null, symbol);
    }
    await complete(ask, files);
    const all = [...files.values()];
    return readable(() => definitionsOf(lenient ? all.filter(isReadable) : all));
  });
}

/** The answer, or null where the server ends the stream instead, as some do for a name that they do not know. */
async function unlessRefused(answer: Promise<ServerReflectionResponse>): Promise<ServerReflectionResponse | null> {
  try {
    return await answer;
  } catch (error) {
    const refused = error instanceof ReflectionError && error.fault === "failed";
    if (!refused || error.code === StatusCode.DEADLINE_EXCEEDED || error.code === StatusCode.UNAVAILABLE) throw error;
    return null;
  }
}

/** Decodes what the server sent, which may be anything. */
function readable<Read>(read: () => Read): Read {
  try {
    return read();
  } catch (error) {
    const why = oneLine(errorText(error));
    throw new ReflectionError("failed", StatusCode.INTERNAL, `its description cannot be read: ${why}`);
  }
}

/** Whether a file can be used; one that cannot must not hide the others from a list. */
function isReadable(file: FileDescriptorProto): boolean {
  try {
    definitionsOf([file]);
    return true;
  } catch {
    return false;
  }
}

function addFiles(serialised: readonly Uint8Array[], files: Map<string, FileDescriptorProto>): void {
  for (const bytes of serialised) {
    const file = readable(() => FileDescriptorProto.decode(bytes));
    files.set(file.name, file);
  }
  if (files.size > MAX_FILES) {
    throw new ReflectionError("failed", StatusCode.RESOURCE_EXHAUSTED, `it sent more than ${MAX_FILES} files`);
  }
}

/**
 * Fetches what the files need and the server did not send: what is built in from here, the rest by the name of the file
 * and then by that of the type, since some servers know their files under other names than their imports say. What the
 * server does not have stays unknown.
 */
async function complete(ask: Ask, files: Map<string, FileDescriptorProto>): Promise<void> {
  const asked = new Set<string>();
  const fetch = async (name: string, question: Question): Promise<void> => {
    if (asked.has(name)) return;
    asked.add(name);
    const known = builtInHome(name);
    if (known !== undefined) return void files.set(known.name, known);
    const answer = await unlessRefused(ask(question));
    addFiles(answer?.file_descriptor_response?.file_descriptor_proto ?? [], files);
  };
  for (let before = -1; before < files.size;) {
    before = files.size;
    // A map's iteration also visits what is added on the way.
    for (const { dependency } of files.values()) {
      for (const name of dependency) if (!files.has(name)) await fetch(name, { file_by_filename: name });
    }
    for (const name of missingTypes(files.values())) await fetch(name, { file_containing_symbol: name });
  }
}

function refusal(error: ServerReflectionResponse["error_response"], what: string): ReflectionError {
  const { error_code, error_message } = error ?? { error_code: StatusCode.UNKNOWN, error_message: "no answer" };
  const fault = error_code === StatusCode.NOT_FOUND ? "unknown" : "failed";
  const words = [statusName(error_code), oneLine(error_message)].filter((word) => word !== "").join(": ");
  return new ReflectionError(fault, error_code, `asked for ${what}, it says ${words}`);
}

/** Opens a stream in the newest version that the server has, and another where the server ends it at a question. */
async function converse<Told>(
  channel: Channel,
  metadata: Metadata,
  timeout_ms: number,
  body: (ask: Ask) => Promise<Told>,
): Promise<Told> {
  const end_ms = performance.now() + timeout_ms;
  for (const path of PATHS) {
    const open = () => new ReflectionStream(channel, path, metadata, end_ms - performance.now());
    let stream = open();
    try {
      return await body((question) => {
        if (stream.ended) stream = open();
        return stream.ask(question);
      });
    } catch (error) {
      if (!(error instanceof ReflectionError) || error.fault !== "missing") throw error;
    } finally {
      stream.close();
    }
  }
  throw new ReflectionError("missing", StatusCode.UNIMPLEMENTED, "it has no server reflection");
}

/** One stream of requests. Each waits for the answer to the one before, so answers need no matching. */
class ReflectionStream {
  readonly #call: ClientCall;
  #waiting: { resolve(response: ServerReflectionResponse): void; reject(error: unknown): void } | null = null;
  #end: ReflectionError | null = null;
  #asked = false;

  constructor(channel: Channel, path: string, metadata: Metadata, timeout_ms: number) {
    this.#call = channel.method({ path, request_stream: true, reply_stream: true, metadata }).start(null, timeout_ms, {
      sent() {},
      message: (bytes) => this.#answer(bytes),
      end: (status) => this.#fail(endOf(status)),
    });
  }

  /** Whether the server answered a question by ending the stream. */
  get ended(): boolean {
    return this.#asked && this.#end !== null;
  }

  ask(question: Question): Promise<ServerReflectionResponse> {
    this.#asked = true;
    return new Promise((resolve, reject) => {
      if (this.#end !== null) return reject(this.#end);
      this.#waiting = { resolve, reject };
      this.#call.write(ServerReflectionRequest.encode(question));
    });
  }

  close(): void {
    this.#call.halfClose();
  }

  #answer(bytes: Uint8Array): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    try {
      // Decoded fields are views, and the bytes are reused once this returns.
      waiting?.resolve(ServerReflectionResponse.decode(new Uint8Array(bytes)));
    } catch (error) {
      const why = errorText(error);
      waiting?.reject(new ReflectionError("failed", StatusCode.INTERNAL, `its answer cannot be read: ${oneLine(why)}`));
    }
  }

  #fail(error: ReflectionError): void {
    this.#end = error;
    this.#waiting?.reject(error);
    this.#waiting = null;
  }
}

function endOf({ code, details, foreign }: Status): ReflectionError {
  if (foreign === true) return new ReflectionError("failed", code, oneLine(details));
  const words = [statusName(code), oneLine(details)].filter((word) => word !== "").join(": ");
  return new ReflectionError(code === StatusCode.UNIMPLEMENTED ? "missing" : "failed", code, `it says ${words}`);
}
