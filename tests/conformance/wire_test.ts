import { openWireChannel } from "../../lib/transport/wire/wire.ts";
import { grpcJsServer } from "./servers/grpc_js.ts";
import { conformance } from "./suite.ts";
import { WIRE } from "./traits.ts";

conformance("wire", openWireChannel, [grpcJsServer], WIRE);
