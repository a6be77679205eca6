/** Sends the metrics of a run to a collector while it is under way. */
import { UserError } from "../../plan/errors.ts";
import { renderOtlp } from "../../report/forms/otlp.ts";
import type { Session } from "../../run/session.ts";
import { type OtlpTarget, pushOtlp } from "../report/otlp_push.ts";

/** Time between documents; OpenTelemetry's exporters wait a minute, in which a short run has ended. */
const EVERY_MS = 10_000;

/**
 * Sends a document every ten seconds. A collector that fails costs the load nothing: the first failure is told, and the
 * next document holds all that was in the one before.
 * @returns ends it; resolves when nothing is under way any more
 */
export function sendMetrics(
  session: Pick<Session, "subscribe">,
  target: OtlpTarget,
  warn: (text: string) => void,
): () => Promise<void> {
  let next_ms = EVERY_MS;
  let told = false;
  let sending: Promise<void> | null = null;
  const tell = (text: string) => {
    if (!told) warn(text);
    told = true;
  };
  const send = async (document: string) => {
    try {
      const lost = await pushOtlp(target, document);
      if (lost !== null) tell(lost);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      tell(`${error.message}; the load goes on`);
    } finally {
      sending = null;
    }
  };
  const off = session.subscribe((event) => {
    if (event.type !== "second" || event.run.elapsed_ms < next_ms || sending !== null) return;
    next_ms = event.run.elapsed_ms + EVERY_MS;
    sending = send(renderOtlp(event.run, null));
  });
  return async () => {
    off();
    await sending;
  };
}
