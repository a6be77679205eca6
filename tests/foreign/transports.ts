/** The transports that foreign servers are put before. */
import type { OpenChannel } from "../../lib/transport/channel.ts";
import { openGrpcJsChannel } from "../../lib/transport/grpc_js/grpc_js.ts";
import { openWireChannel } from "../../lib/transport/wire/wire.ts";
import type { Traits } from "../conformance/suite.ts";
import { GRPC_JS, WIRE } from "../conformance/traits.ts";

/** Each with where it differs. */
export const TRANSPORTS: readonly { name: string; open: OpenChannel; traits: Traits }[] = [
  { name: "wire", open: openWireChannel, traits: WIRE },
  { name: "grpc-js", open: openGrpcJsChannel, traits: GRPC_JS },
];
