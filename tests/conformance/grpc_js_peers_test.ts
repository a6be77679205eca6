import { openGrpcJsChannel } from "../../lib/transport/grpc_js/grpc_js.ts";
import { peerConformance } from "./suite.ts";

peerConformance("grpc-js", openGrpcJsChannel, { moves: false, pins: true });
