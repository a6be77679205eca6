import assert from "node:assert/strict";
import fc from "fast-check";
import { parseWav } from "../../../lib/driver/inputs/read/wav.ts";
import { encodeMultipart, type Part, wavFile } from "../../../lib/driver/http/multipart.ts";

/** The form as Deno reads it. */
const formOf = ({ content_type, body }: { content_type: string; body: Uint8Array }): Promise<FormData> =>
  new Response(body as BodyInit, { headers: { "content-type": content_type } }).formData();

Deno.test("whatever is put into a form comes out of it, boundaries and line breaks too", () => {
  const bytes = fc.oneof(
    fc.uint8Array(),
    fc.constantFrom("--june-load-0-boundary", "june-load-0-boundary--\r\n", "\r\n--\r\n").map((text) =>
      new TextEncoder().encode(text)
    ),
  );
  return fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme" }), bytes, async (text, content) => {
      const file = { name: "clip.wav", type: "audio/wav" };
      const form = await formOf(encodeMultipart([{ name: "text", content: text }, { name: "file", content, file }]));
      const [back, upload] = [form.get("text"), form.get("file")];
      assert.equal(back, text);
      assert.ok(upload instanceof File);
      assert.deepEqual([upload.name, upload.type], ["clip.wav", "audio/wav"]);
      assert.deepEqual(new Uint8Array(await upload.arrayBuffer()), content);
    }),
    { numRuns: 200 },
  );
});

Deno.test("a name cannot break out of its header", () => {
  const part: Part = { name: 'a"\r\nx: y', content: "c", file: { name: 'f"\n', type: "text/plain\r\nx: y" } };
  const { body } = encodeMultipart([part]);
  const head = new TextDecoder().decode(body).split("\r\n\r\n")[0];
  assert.match(head ?? "", /name="a%22%0D%0Ax: y"; filename="f%22%0A"\r\nContent-Type: text\/plainx: y$/);
});

Deno.test("the same parts make the same bytes", () => {
  const parts: Part[] = [{ name: "a", content: "b" }];
  assert.deepEqual(encodeMultipart(parts), encodeMultipart(parts));
});

Deno.test("a WAV file holds the samples it is made of", () => {
  const pcm = new Uint8Array(3200).map((_, at) => at % 199);
  assert.deepEqual(parseWav(wavFile(pcm, 16_000)), pcm);
});
