/** The health of an HTTP service: its `/health`, else whether it answers at all. */
import type { HttpChannel, HttpHeaders } from "../../transport/http/channel.ts";
import type { Health } from "../driver.ts";
import { describeStatus, errorMessage } from "../http_outcome.ts";

/** As much of a reply is read; bytes. */
const MAX_BODY_BYTES = 16 * 1024;

/** What a question got. */
interface Answer {
  /** Null: no whole reply came. */
  status: number | null;
  headers: HttpHeaders;
  body: Uint8Array;
  details: string;
}

/**
 * Asks `GET /health` below the base path; where there is none, whether the base path answers.
 * @param headers sent with it
 * @param timeout_ms deadline of each question
 */
export async function checkRestHealth(
  channel: HttpChannel,
  base_path: string,
  headers: HttpHeaders,
  timeout_ms: number,
): Promise<Health> {
  const asked = `GET ${base_path}/health`;
  const answer = await ask(channel, "GET", `${base_path}/health`, headers, timeout_ms);
  const { status } = answer;
  if (status === null) return { state: "failed", asked, details: answer.details };
  if (status < 300) return { state: "serving", asked, details: toldIn(answer) || `HTTP ${status}` };
  const words = describeStatus(status, answer.headers, answer.body);
  if (status === 401 || status === 403) {
    const remedy = "Give the service a token or key that may do this; calls that need none will work without";
    return { state: "unhealthy", asked, details: words, remedy };
  }
  if (status >= 500) return { state: "unhealthy", asked, details: words };
  return await knock(channel, base_path === "" ? "/" : base_path, headers, timeout_ms);
}

/** Any reply shows that somebody speaks HTTP there. */
async function knock(channel: HttpChannel, path: string, headers: HttpHeaders, timeout_ms: number): Promise<Health> {
  const asked = `HEAD ${path}`;
  const { status, details } = await ask(channel, "HEAD", path, headers, timeout_ms);
  if (status === null) return { state: "failed", asked, details };
  return { state: "connected", asked, details: `it answers (HTTP ${status}) and has no /health` };
}

/** What a well service says of itself: `status` of its JSON. */
function toldIn({ body }: Answer): string {
  try {
    const reply: unknown = JSON.parse(new TextDecoder().decode(body));
    if (typeof reply === "object" && reply !== null && "status" in reply) return errorMessage(String(reply.status));
  } catch {
    // Health is the status code's to tell.
  }
  return "";
}

function ask(
  channel: HttpChannel,
  method: string,
  path: string,
  headers: HttpHeaders,
  timeout_ms: number,
): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const body = new Uint8Array(MAX_BODY_BYTES);
  let length = 0;
  const reply = { status: 0, headers: [] as HttpHeaders };
  channel.request({ method, path, headers, body: null }, timeout_ms, {
    sent() {},
    headers: (status, headers) => void Object.assign(reply, { status, headers }),
    data(bytes) {
      const part = bytes.subarray(0, body.length - length);
      body.set(part, length);
      length += part.length;
    },
    end({ reason, details }) {
      const status = reason === "complete" ? reply.status : null;
      resolve({ status, headers: reply.headers, body: body.subarray(0, length), details });
    },
  });
  return promise;
}
