/** Descriptions of gRPC services, and messages by them. */
import { decodeMessage } from "../../../lib/driver/grpc/decode.ts";
import { definitionsOf } from "../../../lib/driver/grpc/descriptor_files.ts";
import { parseProtoFile } from "../../../lib/driver/grpc/proto/parser.ts";
import { ProtoSyntaxError } from "../../../lib/driver/grpc/proto/tokens.ts";
import { Types } from "../../../lib/driver/grpc/types.ts";
import { loadDescriptorSet } from "../../../lib/driver/grpc/descriptor_files.ts";
import { UserError } from "../../../lib/plan/errors.ts";
import { withWords } from "../../../lib/transport/status_words.ts";
import { encode, messageType, SHOP, SHOP_PROTO, SHOP_SET } from "../../driver/grpc/shop.ts";
import { latin1, type Target, textOf } from "../target.ts";

const repeated = (piece: string, before = "") => (size: number) =>
  before + piece.repeat(Math.ceil(size / piece.length));

export const PROTO_TARGETS: readonly Target[] = [
  {
    name: ".proto",
    seeds: [Deno.readTextFileSync(SHOP_PROTO)],
    words: [
      "message ",
      "{",
      "}",
      "oneof ",
      "map<string, ",
      "/*",
      "//",
      '"',
      "option ",
      "[",
      "]",
      "= 1;",
      "group ",
      "extend ",
      "reserved ",
      "stream ",
      "edition = ",
    ],
    read(input) {
      const file = parseProtoFile("a.proto", textOf(input));
      if (typeof file.package !== "string") throw new Error("no package");
    },
    isRefusal: (error) => error instanceof ProtoSyntaxError,
    growing: [
      repeated("message A {"),
      repeated("/*"),
      repeated("("),
      repeated("enum E { A = 0; }\n"),
      repeated("int32 a = 1;\n", "message M {"),
      repeated("a.", "package "),
    ],
  },
  {
    name: "descriptor sets",
    slow: true,
    seeds: [Deno.readFileSync(SHOP_SET)],
    words: [new Uint8Array([0x0a, 0x01]), new Uint8Array([0xff, 0xff, 0xff, 0xff, 0x0f]), ".shop."],
    async read(input) {
      const path = await Deno.makeTempFile({ prefix: "june_load_fuzz_" });
      try {
        await Deno.writeFile(path, input);
        const types = new Types(await loadDescriptorSet(path));
        for (const name of types.services()) types.methods(name);
      } finally {
        await Deno.remove(path);
      }
    },
    isRefusal: (error) => error instanceof UserError,
    growing: [
      (size) => Uint8Array.from({ length: size }, (_, at) => at % 2 === 0 ? 0x0a : 0x00),
    ],
  },
  {
    name: "definitions",
    seeds: ["Shop"],
    words: [".", "Shop", "\0", "é", "__proto__"],
    read(input) {
      const name = latin1(input);
      definitionsOf([{ ...EMPTY_FILE, package: name, message_type: [] }]);
    },
    isRefusal: (error) => error instanceof RangeError,
    growing: [],
  },
  {
    name: "gRPC messages",
    seeds: [encode("shop.v1.OrderRequest", { anything: null }), new Uint8Array([0x0a, 3, 0x61, 0x62, 0x63, 0x10, 5])],
    words: [
      new Uint8Array([0x0b]),
      new Uint8Array([0x0c]),
      new Uint8Array([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]),
    ],
    read: (input) => void decodeMessage(messageType("shop.v1.OrderRequest"), input, SHOP),
    isRefusal: (error) => error instanceof RangeError,
    growing: [(size) => new Uint8Array(size).fill(0x0b), (size) => new Uint8Array(size).fill(0x0a)],
  },
  {
    name: "status details",
    seeds: [new Uint8Array([8, 8, 18, 4, 102, 117, 108, 108])],
    words: [new Uint8Array([0x1a, 2, 0x0a, 0])],
    read: (input) =>
      void withWords({ code: 8, details: "", origin: "server", trailers: [["grpc-status-details-bin", input]] }),
  },
];

const EMPTY_FILE = {
  name: "a.proto",
  package: "",
  dependency: [],
  public_dependency: [],
  message_type: [],
  enum_type: [],
  service: [],
  extension: [],
  syntax: "proto3",
} as unknown as Parameters<typeof definitionsOf>[0] extends Iterable<infer File> ? File : never;
