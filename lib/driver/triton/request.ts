/** Encodes requests; the parts that all calls of an operation share are encoded once. */
import { concatBytes } from "../../base/bytes.ts";
import * as kserve from "../../../proto/kserve.ts";
import type { TritonSettings } from "../../plan/protocols.ts";
import type { Template } from "../exchange/template.ts";
import type { InputTensor } from "./tensors.ts";

/** Tags of the fields that vary from call to call: number, then wire type 2. */
const ID_TAG = 3 << 3 | 2;
const RAW_TAG = 7 << 3 | 2;

/**
 * Builds a request of one operation, without an id.
 * @throws {RangeError} for a value made from templates that its tensor does not accept
 */
export type RequestMaker = Template<Uint8Array>;

/**
 * Prepares requests of a model.
 * @param askForEnd requests an empty final reply where the last one has no final mark; decoupled models support it
 */
export function requestMaker(
  { model, version }: TritonSettings,
  tensors: readonly InputTensor[],
  askForEnd: boolean,
): RequestMaker {
  const head = kserve.ModelInferRequest.encode({
    model_name: model,
    model_version: version,
    parameters: askForEnd ? { triton_enable_empty_final_response: { bool_param: true } } : {},
    inputs: tensors.map(({ name, datatype, shape }) => ({ name, datatype, shape })),
  });
  const parts = tensors.map(({ constant, raw }) => constant === null ? raw : field(RAW_TAG, constant));
  return (context) =>
    concatBytes([head, ...parts.map((part) => part instanceof Uint8Array ? part : field(RAW_TAG, part(context)))]);
}

const encoder = new TextEncoder();

/** The same request with an id: fields of a message may come in any order. */
export function withId(request: Uint8Array, id: string): Uint8Array {
  return concatBytes([request, field(ID_TAG, encoder.encode(id))]);
}

/** A field of bytes: its tag, its length as a varint, and the bytes. */
function field(tag: number, bytes: Uint8Array): Uint8Array {
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest >= 0x80; rest >>>= 7) length.push(rest & 0x7f | 0x80);
  return concatBytes([Uint8Array.of(tag, ...length, rest), bytes]);
}
