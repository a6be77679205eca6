/** Messages and method path of health.proto. */
import text from "./health.proto" with { type: "text" };
import { type Codec, parseProto } from "./codec.ts";

const schema = parseProto(text, "grpc.health.v1");

/** Full name of the service. */
export const SERVICE = "grpc.health.v1.Health";

/** Method paths. */
export const PATHS = { check: `/${SERVICE}/Check` } as const;

/** States that a server may report. */
export const ServingStatus = { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } as const;

/** Asks for the health of a service, or of the whole server where `service` is empty. */
export interface HealthCheckRequest {
  service: string;
}

/** A service's health; `status` is one of `ServingStatus`, or a newer number that june-load does not know. */
export interface HealthCheckResponse {
  status: number;
}

/** Codec of `HealthCheckRequest`. */
export const HealthCheckRequest: Codec<HealthCheckRequest> = schema.message("HealthCheckRequest");
/** Codec of `HealthCheckResponse`. */
export const HealthCheckResponse: Codec<HealthCheckResponse> = schema.message("HealthCheckResponse");
