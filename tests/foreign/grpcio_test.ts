import { foreignConformance } from "../conformance/suite.ts";
import { grpcioServer } from "./servers/grpcio.ts";
import { TRANSPORTS } from "./transports.ts";

for (const { name, open, traits } of TRANSPORTS) foreignConformance(name, open, grpcioServer, traits);
