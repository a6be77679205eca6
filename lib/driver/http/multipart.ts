/** Bodies of HTTP made of parts, and speech as a WAV file. */
import { wavHead } from "../../base/wav.ts";
import { concatBytes, joinBytes } from "../../base/bytes.ts";

/** One part: a text, or a file. */
export interface Part {
  name: string;
  content: string | Uint8Array;
  /** Name and type of a file; absent for a text. */
  file?: { name: string; type: string };
}

/** A body with its content type. */
export interface Multipart {
  content_type: string;
  body: Uint8Array;
}

/** Encodes parts as multipart/form-data. Source: RFC 7578; quotes and line breaks of names as browsers escape them. */
export function encodeMultipart(parts: readonly Part[]): Multipart {
  const encoder = new TextEncoder();
  const contents = parts.map(({ content }) => typeof content === "string" ? encoder.encode(content) : content);
  const boundary = boundaryFor(contents);
  const pieces = parts.flatMap((part, index) => [
    encoder.encode(`--${boundary}\r\n${headOf(part)}\r\n`),
    contents[index] as Uint8Array,
    encoder.encode("\r\n"),
  ]);
  pieces.push(encoder.encode(`--${boundary}--\r\n`));
  return { content_type: `multipart/form-data; boundary=${boundary}`, body: concatBytes(pieces) };
}

function headOf({ name, file }: Part): string {
  const disposition = `Content-Disposition: form-data; name="${quoted(name)}"`;
  if (file === undefined) return `${disposition}\r\n`;
  return `${disposition}; filename="${quoted(file.name)}"\r\nContent-Type: ${file.type.replace(/[\r\n]/g, "")}\r\n`;
}

const quoted = (text: string): string => text.replace(/"/g, "%22").replace(/\r/g, "%0D").replace(/\n/g, "%0A");

/**
 * A boundary that no content contains. The same contents have the same boundary, so equal requests have equal bodies.
 */
function boundaryFor(contents: readonly Uint8Array[]): string {
  for (let number = 0;; number++) {
    const boundary = `june-load-${number}-boundary`;
    if (!contents.some((content) => includes(content, boundary))) return boundary;
  }
}

function includes(content: Uint8Array, text: string): boolean {
  const wanted = new TextEncoder().encode(text);
  for (let at = content.indexOf(wanted[0] as number); at >= 0; at = content.indexOf(wanted[0] as number, at + 1)) {
    if (wanted.every((byte, index) => content[at + index] === byte)) return true;
  }
  return false;
}

/** A WAV file of mono 16-bit samples. */
export function wavFile(pcm: Uint8Array, sample_rate_hz: number): Uint8Array {
  return joinBytes(wavHead(sample_rate_hz, pcm.length), pcm);
}
