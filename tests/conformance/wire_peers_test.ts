import { openWireChannel } from "../../lib/transport/wire/wire.ts";
import { peerConformance } from "./suite.ts";
import { WIRE } from "./traits.ts";

peerConformance("wire", openWireChannel, WIRE);
