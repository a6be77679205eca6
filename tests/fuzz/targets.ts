/** Every reader of input from outside: a line here has it fuzzed. */
import { HTTP_TARGETS } from "./targets/http.ts";
import { INPUT_TARGETS } from "./targets/inputs.ts";
import { LANGUAGE_TARGETS } from "./targets/languages.ts";
import { MACHINE_TARGETS } from "./targets/machine.ts";
import { PROTO_TARGETS } from "./targets/protos.ts";
import { RESULT_TARGETS } from "./targets/results.ts";
import type { Target } from "./target.ts";

/** The targets, by where their input comes from. */
export const TARGETS: readonly Target[] = [
  ...LANGUAGE_TARGETS, // a user's files and flags
  ...INPUT_TARGETS, // data sets and recordings
  ...RESULT_TARGETS, // saved runs
  ...PROTO_TARGETS, // descriptions and messages of gRPC
  ...HTTP_TARGETS, // what servers send
  ...MACHINE_TARGETS, // what programs of this machine print
];
