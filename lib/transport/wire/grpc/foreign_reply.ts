/** A reply that is no gRPC, such as a proxy's page: its status, and the first line of its body. */
import type { Status } from "../../channel.ts";
import type { ReplyBlock } from "./reply_block.ts";

/** The body is read up to this; bytes. */
const MAX_BODY_BYTES = 4096;
/** How long the body may take to come; milliseconds. */
const BODY_MS = 1000;
/** Longest quote; characters. */
const MAX_QUOTE = 200;

/** Collects the beginning of a body. */
export class ForeignReply {
  readonly #refusal: Status;
  readonly #readable: boolean;
  #body = new Uint8Array(0);
  readonly #timer: ReturnType<typeof setTimeout>;

  /** @param late called when the body takes too long */
  constructor(block: ReplyBlock, refusal: Status, late: () => void) {
    const headers = new Map(block.headers);
    const encoding = headers.get("content-encoding") ?? "identity";
    this.#refusal = refusal;
    this.#readable = encoding === "identity" && headers.get("content-length") !== "0" && !block.is_grpc;
    this.#timer = setTimeout(late, BODY_MS);
  }

  /** Takes more of the body; true: no more is needed. */
  take(bytes: Uint8Array): boolean {
    const joined = new Uint8Array(Math.min(MAX_BODY_BYTES, this.#body.length + bytes.length));
    joined.set(this.#body);
    joined.set(bytes.subarray(0, joined.length - this.#body.length), this.#body.length);
    this.#body = joined;
    const text = this.#text;
    const whole = isPage(text) ? /<\/title>/i : isJson(text) ? /^(?!)/ : /\S.*\n/;
    return !this.#readable || joined.length === MAX_BODY_BYTES || whole.test(text);
  }

  /** Whether there is a body to wait for. */
  get expectsBody(): boolean {
    return this.#readable;
  }

  /** How the call ends. */
  get status(): Status {
    const quote = this.#readable ? firstLine(this.#text) : "";
    const { details } = this.#refusal;
    return quote === "" ? this.#refusal : { ...this.#refusal, details: `${details}: ${quote}` };
  }

  /** Stops waiting. */
  close(): void {
    clearTimeout(this.#timer);
  }

  get #text(): string {
    return new TextDecoder().decode(this.#body).trimStart();
  }
}

const isPage = (text: string): boolean => text.startsWith("<");
const isJson = (text: string): boolean => /^[{[]/.test(text);

/** The first line with words: a page's title or, without one, its first words; JSON in one line. */
function firstLine(text: string): string {
  if (isJson(text)) return cut(text.replace(/\s+/g, " "));
  if (!isPage(text)) return cut(text.split("\n")[0] ?? "");
  const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1] ?? "";
  if (title.trim() !== "") return cut(title);
  const words = text.replace(/<(script|style)[\s\S]*?(<\/\1>|$)/gi, "").replace(/<[^>]*(>|$)/g, "");
  return cut(words.trim().split("\n")[0] ?? "");
}

function cut(line: string): string {
  const words = line.replace(/\s+/g, " ").trim();
  return words.length > MAX_QUOTE ? `${words.slice(0, MAX_QUOTE)}...` : words;
}
