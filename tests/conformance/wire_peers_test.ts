import { openWireChannel } from "../../lib/transport/wire/wire.ts";
import { peerConformance } from "./suite.ts";

peerConformance("wire", openWireChannel, { moves: true, pins: true });
