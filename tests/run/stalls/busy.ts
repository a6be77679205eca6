/** Works for some time without giving the event loop a turn. */
export function busy(wait_ms: number): void {
  for (const end_ms = performance.now() + wait_ms; performance.now() < end_ms;);
}
