/** The transports that foreign servers are put before. */
import type { OpenChannel } from "../../lib/transport/channel.ts";
import { openGrpcJsChannel } from "../../lib/transport/grpc_js/grpc_js.ts";
import { openWireChannel } from "../../lib/transport/wire/wire.ts";
import type { Traits } from "../conformance/suite.ts";

/** Each with where it differs. */
export const TRANSPORTS: readonly { name: string; open: OpenChannel; traits: Traits }[] = [
  { name: "wire", open: openWireChannel, traits: { moves: true, pins: true } },
  { name: "grpc-js", open: openGrpcJsChannel, traits: { moves: false, pins: true } },
];
