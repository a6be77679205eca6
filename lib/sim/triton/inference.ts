/** KServe's inferences, on the model of June's language model: decoupled, so that answers come over streams only. */
import * as kserve from "../../../proto/kserve.ts";
import { StatusCode } from "../../transport/status.ts";
import { Job, type ServiceContext } from "../call/job.ts";
import type { LlmService } from "../june/llm_service.ts";
import type { CallHandler, MethodTable, ServerCall } from "../server/server.ts";
import { hasModel, OUTPUTS, registerDescription, TRITON_MODEL, unknownModel } from "./description.ts";

const DECOUPLED = "ModelInfer RPC doesn't support models with decoupled transaction policy";

/**
 * Adds KServe v2, as Triton speaks it, to a server.
 * @param health with a queue of its own, so that a busy server still describes its model
 */
export function registerTriton(
  server: MethodTable,
  context: ServiceContext,
  health: ServiceContext,
  llm: LlmService,
): void {
  registerDescription(server, health);
  server.handle(kserve.PATHS.modelInfer, (call) => {
    call.end(StatusCode.UNIMPLEMENTED, DECOUPLED);
    return { message() {}, halfClose() {}, cancel() {}, drain() {} };
  });
  server.handle(kserve.PATHS.modelStreamInfer, (call) => new InferStream(context, llm, call));
}

/** A stream of requests, which are answered side by side. */
class InferStream implements CallHandler {
  readonly #context: ServiceContext;
  readonly #llm: LlmService;
  readonly #call: ServerCall;
  readonly #open = new Set<Job>();
  #requests = 0;
  #halfClosed = false;

  constructor(context: ServiceContext, llm: LlmService, call: ServerCall) {
    this.#context = context;
    this.#llm = llm;
    this.#call = call;
  }

  message(bytes: Uint8Array): void {
    this.#requests++;
    let request: kserve.ModelInferRequest;
    try {
      request = kserve.ModelInferRequest.decode(bytes);
    } catch (error) {
      return this.#call.end(StatusCode.INTERNAL, `cannot decode the request: ${(error as Error).message}`);
    }
    const { id, model_name, model_version } = request;
    if (!hasModel(model_name, model_version)) return this.#refuse(id, unknownModel(model_name, model_version));
    const asked = readInputs(request);
    if (typeof asked === "string") return this.#refuse(id, asked);
    this.#serve(id, asked);
  }

  #serve(id: string, { prompt, max_tokens, stream }: Asked): void {
    // The words of one request end without ending the stream.
    const own: ServerCall = {
      path: this.#call.path,
      metadata: this.#call.metadata,
      timeout_ms: this.#call.timeout_ms,
      write: (bytes) => this.#call.write(bytes),
      end: (code, details) => {
        this.#open.delete(job);
        if (code !== StatusCode.OK) this.#fail(id, code, details);
        else this.#endIfDone();
      },
    };
    const job = new Job(this.#context, own);
    this.#open.add(job);
    const params = {
      max_tokens,
      temperature: 0,
      top_p: 0,
      top_k: 0,
      repetition_penalty: 0,
      stop_sequences: [],
      seed: 0,
    };
    const encode = (word: string, _index: number, final: boolean) =>
      encodeReply(id, { text: stream ? word : word.trimEnd(), tokens: word === "" ? 0 : 1 }, final);
    if (stream) this.#llm.stream(job, prompt, params, encode, false, () => encodeReply(id, null, true));
    else {
      this.#llm.whole(
        job,
        prompt,
        params,
        (text, { prompt_tokens, completion_tokens }) =>
          encodeReply(id, { text, tokens: completion_tokens, prompt_tokens }, true),
      );
    }
  }

  /** Ends a call with its status; on a stream that others use too, an error comes as a message. */
  #fail(id: string, code: number, details: string): void {
    if (this.#requests === 1 && this.#halfClosed) return this.#call.end(code, details);
    this.#refuse(id, details);
  }

  #refuse(id: string, error_message: string): void {
    const infer_response = { model_name: TRITON_MODEL, id, parameters: {}, outputs: [], raw_output_contents: [] };
    this.#call.write(kserve.ModelStreamInferResponse.encode({ error_message, infer_response }));
    this.#endIfDone();
  }

  halfClose(): void {
    this.#halfClosed = true;
    this.#endIfDone();
  }

  #endIfDone(): void {
    if (this.#halfClosed && this.#open.size === 0) this.#call.end(StatusCode.OK, "");
  }

  cancel(): void {
    for (const job of this.#open) job.cancel();
  }

  drain(): void {
    for (const job of this.#open) job.drained();
  }
}

/** One request, read. */
interface Asked {
  prompt: string;
  max_tokens: number;
  stream: boolean;
}

/** Reads the raw tensors of a request; a text says what is wrong with them. */
function readInputs({ inputs, raw_input_contents }: kserve.ModelInferRequest): Asked | string {
  const raw = new Map(inputs.map(({ name }, i) => [name, raw_input_contents[i] ?? new Uint8Array(0)]));
  const text = raw.get("text_input");
  if (text === undefined || text.length < 4) return "expected input 'text_input' of type BYTES";
  const limit = raw.get("max_tokens");
  return {
    prompt: new TextDecoder().decode(text.subarray(4)),
    max_tokens: limit !== undefined && limit.length === 4 ? viewOf(limit).getInt32(0, true) : 0,
    stream: raw.get("stream")?.[0] === 1,
  };
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A piece of an answer with its counts; null: none, the reply only marks the end. */
interface Piece {
  text: string;
  tokens: number;
  prompt_tokens?: number;
}

function encodeReply(id: string, piece: Piece | null, final: boolean): Uint8Array {
  const parts = piece === null ? [] : [
    { name: OUTPUTS.text, datatype: "BYTES", raw: rawText(piece.text) },
    { name: OUTPUTS.tokens, datatype: "INT32", raw: rawInt32(piece.tokens) },
    ...(piece.prompt_tokens === undefined
      ? []
      : [{ name: OUTPUTS.prompt_tokens, datatype: "INT32", raw: rawInt32(piece.prompt_tokens) }]),
  ];
  return kserve.ModelStreamInferResponse.encode({
    error_message: "",
    infer_response: {
      model_name: TRITON_MODEL,
      id,
      parameters: { triton_final_response: { bool_param: final } },
      outputs: parts.map(({ name, datatype }) => ({ name, datatype, shape: [1] })),
      raw_output_contents: parts.map(({ raw }) => raw),
    },
  });
}

/** A text as a raw BYTES tensor: its length as 32 bits, little-endian, and its bytes. */
function rawText(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const raw = new Uint8Array(4 + bytes.length);
  viewOf(raw).setUint32(0, bytes.length, true);
  raw.set(bytes, 4);
  return raw;
}

function rawInt32(value: number): Uint8Array {
  const raw = new Uint8Array(4);
  viewOf(raw).setInt32(0, value, true);
  return raw;
}
