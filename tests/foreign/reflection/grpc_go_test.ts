import assert from "node:assert/strict";
import { june } from "../../end_to_end/cli.ts";
import { grpcGoServer } from "../servers/grpc_go.ts";

Deno.test("describe reads grpc-go's reflection: several files, names with and without package", async () => {
  const server = await grpcGoServer.start();
  try {
    const all = await june("describe", server.target);
    assert.equal(all.code, 0, all.stderr);
    assert.match(all.stdout, /^grpc\.testing\.TestService$/m);
    const row = /^ {2}FullDuplexCall +bidi_stream +grpc\.testing\.\S+Request -> grpc\.testing\.\S+Response$/m;
    assert.match(all.stdout, row);
    const one = await june("describe", server.target, "TestService/UnaryCall", "--json");
    const [service] = JSON.parse(one.stdout).services;
    const fields = service.methods[0].request.fields as { name: string; type: string }[];
    assert.deepEqual(fields.find(({ name }) => name === "response_size")?.type, "int32");
    assert.deepEqual(fields.find(({ name }) => name === "response_compressed")?.type, "grpc.testing.BoolValue");
  } finally {
    await server.kill();
  }
});
