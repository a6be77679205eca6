/** Replies, and the headers that keep each in its place. */

/** Headers of every reply. */
const SAFE: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "x-frame-options": "DENY",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
};

/** What the page may load: its own files, and nothing that stands in the page itself. */
export const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** For what is no page. */
const NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The body of a reply. */
export type Body = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null;

/** A reply with the headers that all have; those given win. */
export function reply(body: Body, headers: Readonly<Record<string, string>>, status = 200): Response {
  return new Response(body, {
    status,
    headers: { "content-security-policy": NOTHING, "cache-control": "no-store", ...SAFE, ...headers },
  });
}

/** A JSON reply. */
export function jsonReply(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return reply(JSON.stringify(value), { "content-type": "application/json; charset=utf-8", ...headers }, status);
}

/** A refusal in plain words. */
export function refusal(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Response {
  return jsonReply({ message }, status, headers);
}
