import { openGrpcJsChannel } from "../../lib/transport/grpc_js/grpc_js.ts";
import { grpcJsServer } from "./servers/grpc_js.ts";
import { conformance } from "./suite.ts";
import { GRPC_JS } from "./traits.ts";

conformance("grpc-js", openGrpcJsChannel, [grpcJsServer], GRPC_JS);
