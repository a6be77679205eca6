/** What june-load adds on the host of a run, by its calibration: how much trust small figures deserve. */
import { formatDuration } from "../../plan/units.ts";
import { type Calibration, OLD_DAYS, wasBusy } from "../../result/calibration.ts";
import type { Run } from "../../result/run.ts";
import { type FitCheck, ok } from "./check.ts";

const DAY_MS = 86_400_000;

/** Null for a run without a calibration. */
export function calibrationCheck({ header }: Run): FitCheck | null {
  const { calibration, started_at } = header;
  if (calibration === undefined) return null;
  const name = "what june-load adds on this host";
  const age_ms = Math.max(0, Date.parse(started_at) - Date.parse(calibration.measured_at));
  const value = `${addedText(calibration)}; measured ${ageText(age_ms)}`;
  const why = age_ms > OLD_DAYS * DAY_MS ? "is old" : wasBusy(calibration) ? "was made while the host was busy" : null;
  if (why === null) return ok(name, value);
  return { name, value, state: "warn", advice: `the calibration ${why}: run june-load calibrate again` };
}

/** `P50 / P99: starts 110 us / 310 us, calls ...`. */
export function addedText({ idle }: Calibration): string {
  const { start, answer, first_message, gap, pacing } = idle;
  const parts = ([
    ["starts", start],
    ["calls", answer],
    ["first messages", first_message],
    ["gaps", gap],
    ["chunks of speech", pacing],
  ] as const).filter(([, { count }]) => count > 0).map(([name, { p50_us, p99_us }]) =>
    `${name} ${us(p50_us)} / ${us(p99_us)}`
  );
  return `P50 / P99: ${parts.join(", ")}`;
}

const us = (value: number) => value < 0 ? `-${formatDuration(-value)}` : formatDuration(value);

/** `2 days before`. */
export function ageText(age_ms: number): string {
  const days = Math.floor(age_ms / DAY_MS);
  if (days >= 1) return `${days} day${days === 1 ? "" : "s"} before`;
  const hours = Math.floor(age_ms / 3_600_000);
  if (hours >= 1) return `${hours} hour${hours === 1 ? "" : "s"} before`;
  return age_ms < 60_000 ? "just before" : `${Math.floor(age_ms / 60_000)} min before`;
}
