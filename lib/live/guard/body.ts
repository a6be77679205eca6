/** The body of a command: JSON, and not more of it than a scenario file has. */
import { HttpError } from "./http_error.ts";

/** Largest body of a command; bytes. A scenario file of 1 MiB with the rest of its request fits where it has no odd signs. */
export const BODY_MAX_BYTES = 1024 * 1024;
/** Longest time that a body may take. */
const BODY_TIMEOUT_MS = 10_000;

/**
 * Reads a request's JSON; an empty body is null.
 * @throws {HttpError} 413 as soon as it is too large, 400 for what is no JSON or takes too long
 */
export async function readJson(request: Request): Promise<unknown> {
  const told = Number(request.headers.get("content-length") ?? 0);
  if (told > BODY_MAX_BYTES) throw tooLarge();
  const text = await readText(request.body);
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError(400, "The body of this request is not JSON");
  }
}

async function readText(body: ReadableStream<Uint8Array> | null): Promise<string> {
  if (body === null) return "";
  const reader = body.getReader();
  const late = setTimeout(() => void reader.cancel("too late").catch(() => {}), BODY_TIMEOUT_MS);
  const decoder = new TextDecoder();
  let [text, length] = ["", 0];
  const begun_ms = performance.now();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (performance.now() - begun_ms >= BODY_TIMEOUT_MS) throw tooSlow();
      if (done) return text + decoder.decode();
      length += value.length;
      if (length > BODY_MAX_BYTES) throw tooLarge();
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    clearTimeout(late);
    await reader.cancel().catch(() => {});
  }
}

const tooLarge = () => new HttpError(413, "The body of this request is larger than 1 MiB");
const tooSlow = () => new HttpError(400, `The body of this request took longer than ${BODY_TIMEOUT_MS / 1000} s`);
