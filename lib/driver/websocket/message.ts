/** Messages of WebSocket exchanges, and which reply matches them. */
import type { Json, WebSocketExchange } from "../../plan/protocols.ts";
import { compileChecks } from "../exchange/checks.ts";
import { type Clip, Prepared, SAMPLE_RATE, type Supply } from "../inputs/inputs.ts";
import { wavFile } from "../http/multipart.ts";
import { type Fault, semantic } from "../core/outcome.ts";
import { compileJson, compileText, isConstant, type Template } from "../exchange/template.ts";

/** A message to send: text, or bytes. */
export type Outgoing = string | Uint8Array;

/** What a message means for the waiting exchange: its answer, another message, or an error. */
export type Verdict = "answer" | "other" | Fault;

/**
 * Compiles the messages of an exchange; constant parts are made once.
 * @param clips not empty where the exchange sends speech
 * @throws {UserError} kind `config` for a wrong placeholder
 */
export function compileMessage({ send }: WebSocketExchange, clips: Supply<Clip>): Template<Outgoing> {
  switch (send.kind) {
    case "text":
      return compileText(send.text);
    case "json": {
      const fill = compileJson(send.value);
      if (!isConstant(send.value)) return (context) => JSON.stringify(fill(context));
      const text = JSON.stringify(send.value);
      return () => text;
    }
    case "clip": {
      const { field } = send;
      const made = new Prepared<Clip, Outgoing>(clips, ({ pcm }) => {
        const wav = wavFile(pcm, SAMPLE_RATE);
        return field === null ? wav : JSON.stringify({ type: "audio", [field]: wav.toBase64() });
      });
      return (context) => made.pick(context);
    }
  }
}

/**
 * Makes the judge of an exchange's replies.
 * @throws {UserError} kind `config` for a check that cannot be read
 */
export function compileReply({ reply }: WebSocketExchange): (data: Outgoing) => Verdict {
  const judge = compileChecks(reply);
  const any = reply.length === 0;
  return (data) => {
    if (any && (typeof data !== "string" || !data.includes('"error"'))) return "answer";
    const value = typeof data === "string" ? jsonIn(data) : undefined;
    if (!any && judge(value) === null) return "answer";
    return errorIn(value) ?? (any ? "answer" : "other");
  };
}

/**
 * The fault in an error message `{"type": "error", "message": ...}`, the form of June's gateway and OpenAI's sockets.
 */
function errorIn(value: Json | undefined): Fault | null {
  if (typeof value !== "object" || value === null || Array.isArray(value) || value.type !== "error") return null;
  const { message, error } = value;
  const inner = typeof error === "object" && error !== null && !Array.isArray(error) ? error.message : error;
  const words = [message, inner].find((part) => typeof part === "string");
  return semantic("error_message", `It answered with an error${words === undefined ? "" : `: ${words}`}`);
}

function jsonIn(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
