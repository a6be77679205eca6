/**
 * The fault matrix: faults of services, networks and machines, of june-load's own threads and of what it writes to, on real
 * sockets and processes. Of each: outcomes, exit code, words, and who is blamed.
 *
 *   deno task test:faults [--long] [PART OF A TITLE...]
 *
 * `--long` takes the long half, too. With UPDATE_GOLDEN=1 the table of docs/reliability.md is written anew for the rows that
 * ran.
 */
import assert from "node:assert/strict";
import { removeCertificates } from "../conformance/certificates.ts";
import { inTurns } from "../trust/kit/case.ts";
import type { Came, Row } from "./kit/row.ts";
import { complaintsOf, isSpoilt, outcomesText, runRow } from "./kit/run_row.ts";
import { PAGE, withTables } from "./kit/table.ts";
import { ROWS } from "./rows.ts";

/** Runs at the same time. */
const AT_ONCE = 3;
/** Where the machine was too busy for a verdict, a row is tried again; the more so where its words are written down. */
const TRIES = Deno.env.get("UPDATE_GOLDEN") === "1" ? 5 : 2;

const wanted = Deno.args.filter((word) => !word.startsWith("--"));
const takesLong = Deno.args.includes("--long");
const CASES = Object.values(ROWS).flat().filter(({ title, long }) =>
  wanted.length > 0 ? wanted.some((part) => title.includes(part)) : takesLong || long === undefined
);

async function tryRow(row: Row): Promise<Came | string> {
  for (let tries = 1;; tries++) {
    const came = await runRow(row);
    if (typeof came === "string" || tries === TRIES || !isSpoilt(row, came)) return came;
  }
}

let running: Promise<Came | string>[] = [];
Deno.test.beforeAll(() => {
  running = inTurns(CASES, AT_ONCE, tryRow);
});
Deno.test.afterAll(async () => {
  const all = await Promise.allSettled(running);
  await removeCertificates();
  if (Deno.env.get("UPDATE_GOLDEN") !== "1") return;
  const came = all.map((one) => one.status === "fulfilled" ? one.value : "failed");
  const ran = CASES.flatMap((row, at): [Row, Came][] => {
    const one = came[at];
    return one === undefined || typeof one === "string" || complaintsOf(row, one).length > 0 || isSpoilt(row, one)
      ? []
      : [[row, one]];
  });
  await Deno.writeTextFile(PAGE, withTables(await Deno.readTextFile(PAGE), ROWS, new Map(ran)));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", PAGE.pathname] }).output();
});

for (const [at, row] of CASES.entries()) {
  Deno.test({ name: row.title, sanitizeOps: false, sanitizeResources: false }, async () => {
    const came = await running[at];
    assert.ok(came !== undefined);
    if (typeof came === "string") return console.log(`not here: ${came}`);
    const { code, blamed, sentence, run, told } = came;
    const outcomes = run === null ? "no load" : outcomesText(run.total().outcomes);
    console.log(`exit ${code}, blames ${blamed}; ${outcomes}; ${sentence}`);
    if (isSpoilt(row, came)) console.log(`no verdict, the machine was not quiet: ${came.noise}`);
    assert.deepEqual(complaintsOf(row, came), [], told);
  });
}
