/** Checks the health of a WebSocket: whether it opens. */
import { ConnectError } from "../../transport/channel.ts";
import { HandshakeRefused } from "../../transport/websocket/open.ts";
import type { Health } from "../driver.ts";
import { NO_CALL } from "../inputs/inputs.ts";
import { openingEnding } from "./session.ts";
import type { Sessions } from "./sessions.ts";

/** Opens a WebSocket like an exchange, and closes it. */
export async function checkSocketHealth(sessions: Sessions, timeout_ms: number): Promise<Health> {
  const asked = `WebSocket ${sessions.settings.path.replace(/\?.*/s, "")}`;
  const context = { ...NO_CALL, random: { next: Math.random }, seq: () => 0 };
  try {
    const over = Promise.withResolvers<void>();
    const events = { message() {}, pong() {}, end: () => over.resolve() };
    const connection = await sessions.connect(context, timeout_ms, events, new AbortController().signal);
    connection.start();
    connection.close();
    await over.promise;
    return { state: "serving", asked, details: "it opens" };
  } catch (error) {
    const details = openingEnding(error).details;
    const remedy = remedyFor(error);
    const state = error instanceof HandshakeRefused && mayRecover(error.status) ? "unhealthy" : "failed";
    return { state, asked, details, ...(remedy !== null && { remedy }) };
  }
}

const mayRecover = (status: number): boolean => status === 429 || status >= 500;

function remedyFor(error: unknown): string | null {
  if (error instanceof ConnectError) return error.remedy;
  if (!(error instanceof HandshakeRefused)) return null;
  const { status } = error;
  if (status === 401 || status === 403) return "Give the service a token or key that may open it";
  return mayRecover(status) ? null : "Correct the path of the WebSocket, or use the port that serves it";
}
