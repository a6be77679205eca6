/** A measured figure held against the truth. */
import { table } from "../peers/table.ts";

/** One comparison. */
export interface Check {
  what: string;
  /** What it must be. */
  truth_ms: number;
  measured_ms: number;
  /** How far it may be off: as a share of the truth, or in milliseconds. Null: shown for contrast, not judged. */
  allowed: { share: number } | { above_ms: number } | { either_ms: number } | null;
}

/** True when a figure is as near to the truth as it must be. */
export function holds({ truth_ms, measured_ms, allowed }: Check): boolean {
  const off_ms = measured_ms - truth_ms;
  if (allowed === null) return true;
  if ("share" in allowed) return Math.abs(off_ms) <= allowed.share * truth_ms;
  if ("either_ms" in allowed) return Math.abs(off_ms) <= allowed.either_ms;
  return off_ms >= 0 && off_ms <= allowed.above_ms;
}

/** The checks as a Markdown table. */
export function checkTable(checks: readonly Check[]): string {
  const rows = checks.map((check) => {
    const { what, truth_ms, measured_ms } = check;
    const verdict = check.allowed === null ? "" : holds(check) ? "holds" : "MISSED";
    return [what, milliseconds(truth_ms), milliseconds(measured_ms), offOf(check), allowedOf(check), verdict];
  });
  return table(["figure", "truth", "measured", "off by", "allowed", "verdict"], rows);
}

const milliseconds = (value: number) => `${value.toFixed(value < 1000 ? 2 : 0)} ms`;
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const signed = (text: string) => text.startsWith("-") ? text : `+${text}`;

function offOf({ truth_ms, measured_ms, allowed }: Check): string {
  const off_ms = measured_ms - truth_ms;
  if (allowed === null || "share" in allowed) return signed(percent(off_ms / truth_ms));
  return signed(`${off_ms.toFixed(3)} ms`);
}

function allowedOf({ allowed }: Check): string {
  if (allowed === null) return "";
  if ("share" in allowed) return percent(allowed.share);
  return "above_ms" in allowed ? `0 to ${allowed.above_ms} ms` : `${Number(allowed.either_ms.toFixed(3))} ms`;
}
