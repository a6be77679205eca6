import { openGrpcJsChannel } from "../../lib/transport/grpc_js/grpc_js.ts";
import { grpcJsServer } from "./servers/grpc_js.ts";
import { conformance } from "./suite.ts";

conformance("grpc-js", openGrpcJsChannel, [grpcJsServer], { moves: false, pins: true });
