import { foreignConformance } from "../conformance/suite.ts";
import { TRANSPORTS } from "./transports.ts";
import { grpcGoServer } from "./servers/grpc_go.ts";

for (const { name, open, traits } of TRANSPORTS) foreignConformance(name, open, grpcGoServer, traits);
