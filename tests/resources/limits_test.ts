import assert from "node:assert/strict";
import { readLimits } from "../../lib/resources/limits.ts";

Deno.test({
  name: "readLimits() counts one more where one more file is open",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    // In a process of its own: files of tests share one, and others open and close files meanwhile.
    const limits = import.meta.resolve("../../lib/resources/limits.ts");
    const code = `import { readLimits } from "${limits}";
      const before = readLimits();
      const file = Deno.openSync(Deno.execPath());
      console.log(JSON.stringify([before, readLimits()]));`;
    const args = ["eval", "--no-lock", code];
    const { stdout } = await new Deno.Command(Deno.execPath(), { args, stderr: "inherit" }).output();
    const [before, after] = JSON.parse(new TextDecoder().decode(stdout));
    assert.ok(before.descriptors > before.open, JSON.stringify(before));
    assert.ok(before.ports.all > 0);
    assert.equal(after.open - before.open, 1);
  },
});

Deno.test({
  name: "readLimits() sees a connection take a local port toward its server, as the kernel tells it",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = server.addr;
    const before = readLimits().ports?.takenFor(port) ?? NaN;
    const clients = await Promise.all([1, 2, 3].map(() => Deno.connect({ hostname: "127.0.0.1", port })));
    const peers = await Promise.all(clients.map(() => server.accept()));
    const others = readLimits().ports?.takenFor(1) ?? NaN;
    const during = readLimits().ports?.takenFor(port) ?? NaN;
    for (const open of [...clients, ...peers]) open.close();
    // Other programs may open and close sockets that block a port for all meanwhile.
    assert.ok(during >= 3 && during - others >= 1, JSON.stringify({ before, during, others }));
  },
});
