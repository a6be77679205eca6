/** The values of `--test-type`, which selects the services that a run calls. June's own load tests have the same. */

/** All values of `--test-type`. */
export const TEST_TYPES = ["grpc", "rest", "websocket", "all"] as const;
/** A value of `--test-type`. */
export type TestType = typeof TEST_TYPES[number];
