/** All rows of the matrix, in the order of the table. */
import type { Row } from "./kit/row.ts";
import { ENDING_ROWS } from "./rows/endings.ts";
import { FLOOD_ROWS } from "./rows/floods.ts";
import { MACHINE_ROWS } from "./rows/machine.ts";
import { NETWORK_ROWS } from "./rows/network.ts";
import { SERVICE_ROWS } from "./rows/service.ts";

/** Rows by what they are about, as the table has them. */
export const ROWS: Readonly<Record<string, readonly Row[]>> = {
  "The service": SERVICE_ROWS,
  "The network": NETWORK_ROWS,
  "What a service sends": FLOOD_ROWS,
  "june-load's machine": MACHINE_ROWS,
  "The end of a run, and its output": ENDING_ROWS,
};
