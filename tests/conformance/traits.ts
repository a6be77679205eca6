/** In what the transports differ. */
import type { Traits } from "./suite.ts";

/** The wire engine. */
export const WIRE: Traits = { moves: true, pins: true, farewells: true, pages: true };
/** grpc-js, which keeps to itself the bodies of replies that are not gRPC. */
export const GRPC_JS: Traits = { moves: false, pins: true, farewells: true, pages: false };
