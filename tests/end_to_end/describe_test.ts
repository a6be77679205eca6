import assert from "node:assert/strict";
import { makeCertificates } from "../conformance/certificates.ts";
import { openShop } from "../driver/grpc/shop_server.ts";
import { SHOP_PROTO, SHOP_SET } from "../driver/grpc/shop.ts";
import { standAloneSimulator } from "../../lib/cli/sim/simulator.ts";
import type { ServerCall } from "../../lib/sim/server/server.ts";
import { WireServer } from "../../lib/sim/server/wire_server.ts";
import { StatusCode } from "../../lib/transport/status.ts";
import { PATHS } from "../../proto/reflection.ts";
import { inFolder, june } from "./cli.ts";
import { openGate } from "./tls_gate.ts";

Deno.test("describe lists what a server reflects, and tells a method's fields", async () => {
  await using shop = await openShop({ reflection: true });
  const all = await june("describe", shop.address);
  assert.equal(all.code, 0, all.stderr);
  assert.match(all.stdout, /^shop\.v1\.Shop$/m);
  assert.match(all.stdout, /^ {2}Watch +server_stream +shop\.v1\.OrderRequest -> shop\.v1\.OrderReply$/m);
  const one = await june("describe", shop.address, "shop.v1.Shop/Fill");
  assert.match(one.stdout, /^shop\.v1\.Shop\/Fill {2}\(client_stream\)$/m);
  assert.match(one.stdout, /^ +size +shop\.v1\.Size +SIZE_UNSPECIFIED, SIZE_SMALL, SIZE_LARGE$/m);
});

Deno.test("the lines that describe writes are a scenario that runs", async () => {
  await using shop = await openShop({ reflection: true });
  const { stdout } = await june("describe", shop.address, "shop.v1.Shop");
  const lines = stdout.slice(stdout.indexOf("services:"));
  await inFolder(async (dir) => {
    const scenario = "scenarios:\n  shop: { users: 2, duration: 1s, think_time: 10ms }\n";
    await Deno.writeTextFile(`${dir}/shop.yaml`, lines + scenario);
    const run = await june("run", `${dir}/shop.yaml`, "--output-dir", dir, "--workers", "1");
    assert.equal(run.code, 0, run.stdout + run.stderr);
    for (const method of ["Order", "Watch", "Fill", "Talk"]) {
      assert.match(run.stdout, new RegExp(`shop.v1.Shop/${method}`));
    }
  });
  assert.ok(shop.customers.length > 0);
  assert.ok(shop.customers.every((customer) => customer === "text"));
});

Deno.test("describe reads .proto files and descriptor sets, and prints JSON", async () => {
  const [proto, set] = await Promise.all([
    june("describe", "--proto", SHOP_PROTO, "--json", "Shop/Order"),
    june("describe", "--descriptor-set", SHOP_SET, "--json", "shop.v1.Shop.Order"),
  ]);
  assert.equal(proto.code, 0, proto.stderr);
  assert.deepEqual(JSON.parse(proto.stdout), JSON.parse(set.stdout));
  const [service] = JSON.parse(proto.stdout).services;
  assert.equal(service.name, "shop.v1.Shop");
  assert.equal(service.methods[0].call, "unary");
  assert.deepEqual(service.methods[0].request.fields[0], {
    name: "customer",
    type: "string",
    oneof: null,
    values: [],
    fields: [],
  });
});

Deno.test("without reflection describe says what to do, and knows June's services", async () => {
  await using shop = await openShop({ reflection: false });
  const bare = await june("describe", shop.address);
  assert.equal(bare.code, 2);
  assert.match(bare.stderr, /has no server reflection; name its \.proto files or a descriptor set/);
  const simulator = await standAloneSimulator({ ports: { llm: 0, stt: 0, tts: 0 } });
  try {
    const known = await june("describe", simulator.addresses.llm);
    assert.equal(known.code, 2);
    assert.match(known.stderr, /June's language model: write a service of kind llm with "protocol: june"/);
  } finally {
    await simulator.close();
  }
});

Deno.test("describe sends metadata, and shows none of its values though the server quotes them", async () => {
  const server = new WireServer();
  const quote = (call: ServerCall) => {
    const token = call.metadata.find(([key]) => key === "authorization")?.[1];
    call.end(StatusCode.UNAUTHENTICATED, `no such token: ${token}`);
    return { message() {}, halfClose() {}, cancel() {}, drain() {} };
  };
  for (const path of PATHS) server.handle(path, quote);
  const port = await server.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    const { code, stdout, stderr } = await june(
      "describe",
      `127.0.0.1:${port}`,
      "--metadata",
      "authorization=planted-9",
    );
    assert.equal(code, 3);
    assert.match(stderr, /UNAUTHENTICATED: no such token/);
    assert.ok(!(stdout + stderr).includes("planted-9"), stderr);
  } finally {
    await server.close();
  }
});

Deno.test("describe ends with 3 where nobody is, and with 2 for what does not exist", async () => {
  const nobody = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = nobody.addr as Deno.NetAddr;
  nobody.close();
  const absent = await june("describe", `127.0.0.1:${port}`);
  assert.equal(absent.code, 3);
  assert.match(absent.stderr, new RegExp(`127\\.0\\.0\\.1:${port}`));
  const wrong: [string[], RegExp][] = [
    [[], /No server is given: use e.g. june-load describe localhost:50051/],
    [
      ["--descriptor-set", SHOP_SET, "shop.v1.Shpo"],
      /No service or method is called "shop.v1.Shpo"; did you mean "shop.v1.Shop"/,
    ],
    [
      ["--proto", "/none/such.proto"],
      /Cannot read "\/none\/such\.proto" \(a \.proto file\): there is no such file; check the path/,
    ],
    [["localhost:1", "--cert", "a.pem"], /--cert and --key need each other: give both/],
    [["localhost:1", "--metadata", "secret"], /--metadata: write KEY=VALUE/],
  ];
  for (const [args, message] of wrong) {
    const { code, stderr } = await june("describe", ...args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
  }
});

Deno.test("describe takes TLS flags, writes them into the scenario, and tells a certificate that it cannot trust", async () => {
  await using shop = await openShop({ reflection: true });
  const { ca, other_ca, server, client, remove } = await makeCertificates();
  const gate = await openGate(shop.address, server, ca);
  try {
    const mine = ["--cert", client.cert_path, "--key", client.key_path];
    const trusted = await june("describe", gate.target, "Shop/Order", "--ca", ca.cert_path, ...mine);
    assert.equal(trusted.code, 0, trusted.stderr);
    assert.ok(trusted.stdout.includes(`ca: ${JSON.stringify(ca.cert_path)}`), trusted.stdout);
    const insecure = await june("describe", gate.target, "--insecure", ...mine);
    assert.equal(insecure.code, 0, insecure.stderr);
    assert.match(insecure.stderr, /certificate is NOT checked/);
    const stranger = await june("describe", gate.target, "--ca", other_ca.cert_path, ...mine);
    assert.equal(stranger.code, 3);
    assert.match(stranger.stderr, /certificate/i);
    const plain = await june("describe", gate.target);
    assert.equal(plain.code, 3);
    assert.match(plain.stderr, /TLS/);
  } finally {
    await gate.close();
    await remove();
  }
});
