/** The whole tool against services behind TLS: every key of `tls`, and what is said when one is wrong. */
import assert from "node:assert/strict";
import { startInWorker } from "../../lib/sim/worker/start_in_worker.ts";
import type { Simulator } from "../../lib/sim/simulator.ts";
import { type Certificate, type Certificates, certificates, removeCertificates } from "../conformance/certificates.ts";
import { filesBelow, type Finished, inFolder, june, runFolder } from "./cli.ts";
import { type Gate, openGate } from "./tls_gate.ts";

let simulator: Simulator;
Deno.test.beforeAll(async () => {
  simulator = await startInWorker({ ports: { llm: 0, stt: 0, tts: 0 } });
});
Deno.test.afterAll(async () => {
  await simulator.close();
  await removeCertificates();
});

/** What stands before the service, and what the scenario says of it. */
interface Case {
  shown: Certificate;
  client_ca?: Certificate;
  /** The service's `tls` in the scenario. */
  tls: Record<string, string | boolean> | true;
  args?: string[];
}

/** Runs a second of short chats through a gate; `look` may read what the run left. */
async function runThrough(
  { shown, client_ca, tls, args = [] }: Case,
  look: (ended: Finished, dir: string, gate: Gate) => Promise<void> | void,
): Promise<void> {
  const gate = await openGate(simulator.addresses.llm, shown, client_ca ?? null);
  try {
    await inFolder(async (dir) => {
      const scenario = {
        services: { grpc: { llm: { host: gate.target, max_tokens: 4, tls } } },
        reports: { format: "html", include_charts: false },
        scenarios: {
          secured: {
            users: 1,
            duration: "1s",
            think_time: "20ms",
            tasks: { "llm.chat_stream": 1 },
            thresholds: "error_rate < 1%",
          },
        },
      };
      await Deno.writeTextFile(`${dir}/tls.yaml`, JSON.stringify(scenario));
      await look(await june("run", `${dir}/tls.yaml`, "--output-dir", dir, ...args), dir, gate);
    });
  } finally {
    await gate.close();
  }
}

function passes(name: string, pick: (made: Certificates) => Case): void {
  Deno.test(`a run passes ${name}`, async () => {
    await runThrough(pick(await certificates()), ({ code, stdout, stderr }) => {
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /^PASS /m);
      assert.doesNotMatch(stdout + stderr, /NOT checked/);
    });
  });
}

passes("with the right CA", ({ server, ca }) => ({ shown: server, tls: { ca: ca.cert_path } }));
passes("with a certificate for another name, where that name is given", ({ elsewhere, ca }) => ({
  shown: elsewhere,
  tls: { ca: ca.cert_path, server_name: "elsewhere.test" },
}));
passes("with a client certificate where one is wanted", ({ server, ca, client }) => ({
  shown: server,
  client_ca: ca,
  tls: { ca: ca.cert_path, cert: client.cert_path, key: client.key_path },
}));
passes("with a pinned self-signed certificate", ({ self_signed }) => ({
  shown: self_signed,
  tls: { pin: self_signed.sha256 },
}));

function refused(name: string, pick: (made: Certificates) => Case, words: RegExp): void {
  Deno.test(`no load is sent ${name}, and the exit code is 3`, async () => {
    await runThrough(pick(await certificates()), ({ code, stderr }, _dir, gate) => {
      assert.equal(code, 3, stderr);
      assert.match(stderr, /no load was sent/);
      assert.ok(stderr.includes(`llm (${gate.target})`), stderr);
      assert.match(stderr, words);
    });
  });
}

refused(
  "to a service of an unknown CA",
  ({ server, other_ca }) => ({ shown: server, tls: { ca: other_ca.cert_path } }),
  /its CA is unknown here\n.*\n +try: Give the CA certificate/,
);
refused(
  "without the client certificate that is wanted",
  ({ server, ca }) => ({ shown: server, client_ca: ca, tls: { ca: ca.cert_path } }),
  /wants a client certificate\n.*\n +try: Give a client certificate and its key/,
);
refused(
  "with a client certificate of another CA than the service's",
  ({ server, ca, other_ca, self_signed }) => ({
    shown: server,
    client_ca: other_ca,
    tls: { ca: ca.cert_path, cert: self_signed.cert_path, key: self_signed.key_path },
  }),
  /refuses our client certificate|closes the connection at once/,
);
refused(
  "under a name that is not in the certificate",
  ({ server, ca }) => ({ shown: server, tls: { ca: ca.cert_path, server_name: "wrong.test" } }),
  /the certificate is not for "wrong\.test"/,
);
refused(
  "to a certificate other than the pinned one",
  ({ server, self_signed }) => ({ shown: server, tls: { pin: self_signed.sha256 } }),
  /it is not the pinned one: its SHA-256 is [0-9a-f]{64}, pinned is [0-9a-f]{64}/,
);
refused(
  "to a certificate that nobody vouches for",
  ({ self_signed }) => ({ shown: self_signed, tls: true }),
  /self-signed|its CA is unknown here/,
);

Deno.test("an unchecked certificate is accepted, and said loudly before, in and after the run", async () => {
  const { self_signed } = await certificates();
  await runThrough({ shown: self_signed, tls: { insecure: true } }, async ({ code, stdout, stderr }, dir) => {
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /llm at localhost:\d+, .*TLS, certificate NOT checked/);
    assert.match(stderr, /warning: .*services\.grpc\.llm\.tls\.insecure: .*NOT checked/);
    const folder = await runFolder(dir, "secured");
    const page = (await filesBelow(folder)).find((name) => name.endsWith(".html"));
    const html = await Deno.readTextFile(`${folder}/${page}`);
    assert.match(html, /TLS WITHOUT CHECKING THE CERTIFICATE/);
    assert.match(html, /The certificate of llm was NOT checked/);
  });
});

Deno.test("a quiet run says, too, that a certificate is not checked", async () => {
  const { self_signed } = await certificates();
  const given = { shown: self_signed, tls: { insecure: true }, args: ["--quiet", "--dry-run"] };
  await runThrough(given, ({ code, stderr }) => {
    assert.equal(code, 0, stderr);
    assert.match(stderr, /NOT checked/);
  });
});
