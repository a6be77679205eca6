/** The grpc-timeout header. */

/** Units by length, each with the milliseconds it stands for. */
const UNITS = [["u", 0.001], ["m", 1], ["S", 1000], ["M", 60_000], ["H", 3_600_000]] as const;
/** The header has at most eight digits. */
const MAX_DIGITS_VALUE = 99_999_999;

/** Encodes a timeout in the finest unit, not below microseconds, that fits eight digits; rounded up, at least one. */
export function encodeTimeout(timeout_ms: number): string {
  for (const [unit, unit_ms] of UNITS) {
    // Whole milliseconds are the usual case and shorter than microseconds.
    if (unit === "u" && Number.isInteger(timeout_ms)) continue;
    const value = Math.max(1, Math.ceil(timeout_ms / unit_ms));
    if (value <= MAX_DIGITS_VALUE) return `${value}${unit}`;
  }
  return `${MAX_DIGITS_VALUE}H`;
}
