/** The wire transport compiled into a program of its own, before the Go server: as the binary carries it. */
import assert from "node:assert/strict";
import type { TlsOptions } from "../../lib/transport/channel.ts";
import { type Certificate, type Certificates, certificates, removeCertificates } from "../conformance/certificates.ts";
import { PLAIN_TLS } from "../conformance/tls_cases.ts";
import { grpcGoServer } from "../foreign/servers/grpc_go.ts";
import { Alone } from "./alone.ts";

const SOURCE = new URL("./wire_probe.ts", import.meta.url).pathname;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;
const REMEDY = "where Deno's own site is out of reach, name a Deno and its runtime base in COMPILE_DENO and DENORT_BIN";
const folder = await Deno.makeTempDir({ prefix: "june-load-probe-" });
let compiled: Promise<string> | null = null;

/** Compiles the probe with the tools that made the binary. */
async function compile(): Promise<string> {
  const output = `${folder}/probe`;
  const deno = Deno.env.get("COMPILE_DENO") ?? Deno.execPath();
  const flags = [
    "--quiet",
    "--no-check",
    "--config",
    CONFIG,
    "--unstable-raw-imports",
    "--allow-net",
    "--allow-read",
    "--allow-env",
  ];
  const { success, stderr } = await new Deno.Command(deno, { args: ["compile", ...flags, "--output", output, SOURCE] })
    .output();
  if (!success) throw new Error(`Cannot compile a program; ${REMEDY}. ${new TextDecoder().decode(stderr)}`);
  return output;
}

Deno.test.afterAll(async () => {
  await removeCertificates();
  await Deno.remove(folder, { recursive: true });
});

function test(
  name: string,
  certificate: ((made: Certificates) => Certificate) | null,
  tls: (made: Certificates) => TlsOptions | null,
): void {
  Deno.test(`the compiled wire transport calls grpc-go ${name}`, async () => {
    await using probe = await Alone.with(await (compiled ??= compile()), REMEDY);
    const made = await certificates();
    const server = await grpcGoServer.start(certificate === null ? {} : { tls: certificate(made) });
    try {
      const { code, stdout, stderr } = await probe.run(server.target, JSON.stringify(tls(made)));
      assert.equal(code, 0, stderr);
      const fine = { code: 0, origin: "server", details: "" };
      const unary = { name: "UnaryCall", ...fine, lengths: [70_008] };
      const stream = { name: "StreamingOutputCall", ...fine, lengths: [5, 6, 306] };
      assert.deepEqual(JSON.parse(stdout), [unary, unary, stream, stream]);
    } finally {
      await server.kill();
    }
  });
}

test("in plaintext", null, () => null);
test("over TLS", ({ server }) => server, ({ ca }) => ({ ...PLAIN_TLS, ca_pem: ca.cert_pem }));
test(
  "over TLS with a pinned self-signed certificate",
  ({ self_signed }) => self_signed,
  ({ self_signed }) => ({ ...PLAIN_TLS, pinned_sha256: self_signed.sha256 }),
);
