import assert from "node:assert/strict";
import { recogniseServices } from "../../lib/driver/signatures.ts";
import { PATHS } from "../../proto/kserve.ts";
import { StatusCode } from "../../lib/transport/status.ts";
import { FakeChannel } from "./fake_channel.ts";

/** A server that answers every method alike, but for one. */
const alike = (code: number, own: string, ownCode: number) =>
  new FakeChannel((call) => queueMicrotask(() => call.end(call.spec.path === own ? ownCode : code, "")));

for (const code of [StatusCode.RESOURCE_EXHAUSTED, StatusCode.UNKNOWN, StatusCode.INTERNAL, StatusCode.OK]) {
  Deno.test(`a server that answers every probe with status ${code} serves nothing that is known`, async () => {
    assert.deepEqual(await recogniseServices(alike(code, "", 0), [], 1000), []);
  });
}

Deno.test("a server that answers unknown methods alike is known by the method that it answers otherwise", async () => {
  for (const [code, own] of [[StatusCode.UNKNOWN, StatusCode.OK], [StatusCode.UNIMPLEMENTED, StatusCode.INTERNAL]]) {
    const known = await recogniseServices(alike(code!, PATHS.serverMetadata, own!), [], 1000);
    assert.deepEqual(known.map(({ what }) => what), ["Triton Inference Server"]);
  }
});
