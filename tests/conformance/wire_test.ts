import { openWireChannel } from "../../lib/transport/wire/wire.ts";
import { grpcJsServer } from "./servers/grpc_js.ts";
import { conformance } from "./suite.ts";

conformance("wire", openWireChannel, [grpcJsServer], { moves: true, pins: true });
