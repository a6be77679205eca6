/** The case `capture` of bench:accuracy: what it prints, writes down and holds june-load to. */
import type { Check } from "../check.ts";
import { type Anatomy, anatomyOf, anatomyTable } from "./anatomy.ts";
import { type Judged, judgeLoads } from "./judge.ts";
import { isJudged, NEAR_SHARE, NEAR_US, rank, rowTable } from "./table.ts";
import { whyNoCapture } from "./tcpdump.ts";

const DOCUMENT = new URL("../../../docs/measurement.md", import.meta.url);
const [BEGIN, END] = ["<!-- bench:accuracy capture -->", "<!-- end of bench:accuracy capture -->"];
/** Of each load, besides its warm-up. */
const LOAD_S = 12;

/** How it runs. */
export interface CaptureOptions {
  /** Length of the queue's run. */
  seconds: number;
  seed: number;
  /** Puts the tables into docs/measurement.md. */
  write: boolean;
}

/** Runs all loads and one queue under the capture; no checks where nothing can be captured, which is said. */
export async function captureProof({ seconds, seed, write }: CaptureOptions): Promise<Check[]> {
  const obstacle = await whyNoCapture();
  if (obstacle !== null) {
    console.log(`The capture is skipped: ${obstacle}`);
    return [];
  }
  const judged = await judgeLoads(LOAD_S, (text) => console.error(text));
  console.error("M/D/1 at 50 % ...");
  const anatomy = await anatomyOf({ kind: "M/D/1", load: 0.5, service_ms: 20, seconds, seed });
  const text = textOf(judged, anatomy);
  console.log(text);
  if (write) await writeDown(text);
  return [...judged.map(checkOf), queueCheck(anatomy)];
}

function checkOf({ title, compared }: Judged): Check {
  const apart_us = Float64Array.from(compared.filter(isJudged), ({ off_us }) => Math.abs(off_us)).sort();
  return {
    what: `${title}: distance to the wire of 99 % of ${apart_us.length.toLocaleString("en")} marks`,
    truth_ms: 0,
    measured_ms: rank(apart_us, NEAR_SHARE) / 1000,
    allowed: { either_ms: NEAR_US / 1000 },
  };
}

function queueCheck({ seen, latency }: Anatomy): Check {
  return {
    what: "M/D/1 at 50 %, mean: as the kernel saw it",
    truth_ms: seen.mean_us / 1000,
    measured_ms: latency.mean_us / 1000,
    allowed: { either_ms: NEAR_US / 1000 },
  };
}

function textOf(judged: readonly Judged[], anatomy: Anatomy): string {
  const marks = judged.flatMap(({ compared }) => compared).filter(isJudged);
  const near = marks.filter(({ off_us }) => Math.abs(off_us) <= NEAR_US).length;
  const packets = judged.reduce((sum, { run }) => sum + run.counts.captured, 0);
  const clocks = judged.map(({ run }) => run.clock);
  const sure_us = Math.max(...clocks.map((clock) => clock.sure_us));
  const drift_us = Math.max(...clocks.map((clock) => Math.abs(clock.drift_us)));
  const cores = navigator.hardwareConcurrency;
  return [
    `Measured on ${new Date().toISOString().slice(0, 10)} on ${cores} cores, Linux ${Deno.osRelease()}, load average ` +
    `${Deno.loadavg()[0]?.toFixed(1)} at the end. ${
      packets.toLocaleString("en")
    } packets, none dropped; the clocks are ` +
    `held together within ${sure_us.toFixed(2)} µs and drifted by ${drift_us.toFixed(2)} µs at most. Of ` +
    `${marks.length.toLocaleString("en")} marks ${(100 * near / marks.length).toFixed(2)} % are within 0.3 ms.`,
    rowTable(judged.flatMap(({ rows }) => rows)),
    anatomyTable("mean of M/D/1 at 50 %", anatomy),
  ].join("\n\n");
}

/** @throws {Error} when the document has no place for it */
async function writeDown(text: string): Promise<void> {
  const document = await Deno.readTextFile(DOCUMENT);
  const [from, to] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`docs/measurement.md lacks the lines ${BEGIN} and ${END}`);
  await Deno.writeTextFile(DOCUMENT, `${document.slice(0, from)}${BEGIN}\n\n${text}\n\n${document.slice(to)}`);
  const { success } = await new Deno.Command(Deno.execPath(), { args: ["fmt", "-q", DOCUMENT.pathname] }).output();
  if (!success) throw new Error("deno fmt could not format docs/measurement.md");
}
