import { openGrpcJsChannel } from "../../lib/transport/grpc_js/grpc_js.ts";
import { peerConformance } from "./suite.ts";
import { GRPC_JS } from "./traits.ts";

peerConformance("grpc-js", openGrpcJsChannel, GRPC_JS);
