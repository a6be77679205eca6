/** Splits a byte stream into lines. */

/** Longer lines are cut, so that a faulty program cannot fill the memory. */
const LINE_MAX = 4096;

/**
 * Calls `onLine` for every whole line (LF or CRLF, without its end) and resolves at the end of the stream with the text
 * after the last line end. Bytes that are not UTF-8 become U+FFFD.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const lines: string[] = [];
 * const rest = await readLines(new Blob(["one\r\ntwo\nthr"]).stream(), (line) => lines.push(line));
 * assert.deepEqual([lines, rest], [["one", "two"], "thr"]);
 * ```
 */
export async function readLines(stream: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = (lines.pop() ?? "").slice(0, LINE_MAX);
    for (const line of lines) onLine(line.slice(0, LINE_MAX).replace(/\r$/, ""));
  }
  return rest;
}
