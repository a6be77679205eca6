/** The page's own files: texts of the program, so that the compiled file needs no other. */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { PAGE_POLICY, reply } from "./replies.ts";

/** One file of the page. */
export interface Asset {
  type: string;
  text: string;
}

interface Packed {
  type: string;
  plain: Uint8Array<ArrayBuffer>;
  gzip: Uint8Array<ArrayBuffer>;
  etag: string;
}

/** Files by their name; each is packed once, when it is first asked for. */
export class Assets {
  readonly #packed = new Map<string, Packed>();

  constructor(readonly files: Readonly<Record<string, Asset>>) {}

  /** The reply with a file; null: there is none of that name. */
  answer(name: string, request: Request): Response | null {
    const file = Object.hasOwn(this.files, name) ? this.files[name] : undefined;
    if (file === undefined) return null;
    const packed = this.#packed.get(name) ?? pack(file);
    this.#packed.set(name, packed);
    const { type, plain, gzip, etag } = packed;
    const headers = {
      "content-type": type,
      etag,
      // A newer june-load may listen at the same address: ask each time, and get it only where it changed.
      "cache-control": "no-cache",
      vary: "accept-encoding",
      ...(type.startsWith("text/html") && { "content-security-policy": PAGE_POLICY }),
    };
    if (request.headers.get("if-none-match") === etag) return reply(null, headers, 304);
    const accepts = /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "");
    return accepts ? reply(gzip, { ...headers, "content-encoding": "gzip" }) : reply(plain, headers);
  }
}

function pack({ type, text }: Asset): Packed {
  const plain = new TextEncoder().encode(text);
  const etag = `"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`;
  return { type, plain, gzip: new Uint8Array(gzipSync(plain, { level: 9 })), etag };
}
