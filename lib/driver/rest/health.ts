/** Checks the health of an HTTP service: its `/health`, else whether it answers at all. */
import type { HttpChannel, HttpHeaders } from "../../transport/http/channel.ts";
import type { Health } from "../driver.ts";
import { askHttp, brokenWords, type HttpAnswer } from "../http/request.ts";
import { describeStatus } from "../http/outcome.ts";
import { refusedHealth } from "../core/access.ts";
import { oneLine } from "../core/text.ts";

/**
 * Requests `GET /health` below the base path; if there is none, checks that the base path answers.
 * @param headers sent with it
 * @param ownKeys calls may carry credentials of their own, which the check has not
 * @param timeout_ms deadline of each request
 */
export async function checkRestHealth(
  channel: HttpChannel,
  basePath: string,
  headers: HttpHeaders,
  timeout_ms: number,
  ownKeys = false,
): Promise<Health> {
  const path = `${basePath}/health`;
  const asked = `GET ${path}`;
  const answer = await askHttp(channel, { method: "GET", path, headers, body: null }, timeout_ms);
  const { end, status } = answer;
  if (end.reason !== "complete") {
    return { state: "failed", asked, details: brokenWords(answer, timeout_ms), fault: end.fault };
  }
  if (status < 300) return { state: "serving", asked, details: toldIn(answer) || `HTTP ${status}` };
  const words = describeStatus(status, answer.headers, answer.body);
  if (status === 401 || status === 403) {
    const refused = refusedHealth(status === 401 && !ownKeys ? "unknown_key" : "forbidden", "headers");
    return { ...refused, asked, details: words };
  }
  const told = toldIn(answer);
  if (status >= 500) return { state: "unhealthy", asked, details: told === "" ? words : `HTTP ${status}: ${told}` };
  return await knock(channel, basePath === "" ? "/" : basePath, headers, timeout_ms);
}

/** Any reply shows that the server speaks HTTP. */
async function knock(channel: HttpChannel, path: string, headers: HttpHeaders, timeout_ms: number): Promise<Health> {
  const asked = `HEAD ${path}`;
  const answer = await askHttp(channel, { method: "HEAD", path, headers, body: null }, timeout_ms);
  const { end, status } = answer;
  if (end.reason !== "complete") {
    return { state: "failed", asked, details: brokenWords(answer, timeout_ms), fault: end.fault };
  }
  return { state: "connected", asked, details: `it answers (HTTP ${status}) and has no /health` };
}

/** The service's report on itself: `status` of its JSON; empty: none. */
function toldIn({ body }: HttpAnswer): string {
  try {
    const reply: unknown = JSON.parse(new TextDecoder().decode(body));
    if (typeof reply === "object" && reply !== null && "status" in reply) return oneLine(String(reply.status));
  } catch {
    // The status code decides the health.
  }
  return "";
}
