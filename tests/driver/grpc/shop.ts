/** The messages of protos/shop.proto, read from its sources or from its descriptor set. */
import type { Json } from "../../../lib/plan/protocols.ts";
import { loadDescriptorSet } from "../../../lib/driver/grpc/descriptor_files.ts";
import { compileMessage, type Part } from "../../../lib/driver/grpc/encode.ts";
import { loadProtoFiles } from "../../../lib/driver/grpc/proto_files.ts";
import { type MessageType, Types } from "../../../lib/driver/grpc/types.ts";
import { TEMPLATE_SOURCES } from "../../../lib/driver/exchange/template.ts";

const PROTOS = new URL("protos/", import.meta.url).pathname;

/** The .proto file. */
export const SHOP_PROTO = `${PROTOS}shop.proto`;
/** The same with all it imports, as protoc wrote it. */
export const SHOP_SET = `${PROTOS}shop.binpb`;

/** Read from both. */
export const SOURCES: { name: string; types: Types }[] = [
  { name: ".proto files", types: new Types(await loadProtoFiles([SHOP_PROTO], [])) },
  { name: "a descriptor set", types: new Types(await loadDescriptorSet(SHOP_SET)) },
];

/** Types read from the descriptor set. */
export const SHOP = SOURCES[1]!.types;

/** A message type that is there. */
export function messageType(name: string, types = SHOP): MessageType {
  const found = types.message(name);
  if (found === null) throw new Error(`no message ${name}`);
  return found;
}

/** Compiles a message as an exchange does. */
export function compile(name: string, value: Json, types = SHOP): Part {
  return compileMessage(messageType(name, types), value, { types, sources: TEMPLATE_SOURCES }, "messages[0]");
}

/** The bytes of a message without templates. */
export function encode(name: string, value: Json, types = SHOP): Uint8Array {
  const part = compile(name, value, types);
  if (part instanceof Uint8Array) return part;
  throw new Error("the message holds templates");
}
