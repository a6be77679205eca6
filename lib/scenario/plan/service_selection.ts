/** Which of a file's services a run calls, as June's own load tests chose. */

/** What `--test-type` knows. */
export const TEST_TYPES = ["grpc", "rest", "websocket", "all"] as const;
/** A value of `--test-type`. */
export type TestType = typeof TEST_TYPES[number];
