import { foreignConformance } from "../conformance/suite.ts";
import { nginxServer } from "./servers/nginx.ts";
import { TRANSPORTS } from "./transports.ts";

for (const { name, open, traits } of TRANSPORTS) foreignConformance(name, open, nginxServer, traits);
