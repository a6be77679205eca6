/** Every file that a user names is read within limits: a device without an end and a pipe without a writer are refused. */
import assert from "node:assert/strict";
import { Secrets } from "../../lib/driver/auth/secrets.ts";
import { TokenFile } from "../../lib/driver/auth/credentials.ts";
import { readTls } from "../../lib/driver/core/open_service.ts";
import { compileText } from "../../lib/driver/exchange/template.ts";
import { loadDescriptorSet } from "../../lib/driver/grpc/descriptor_files.ts";
import { loadProtoFiles } from "../../lib/driver/grpc/proto_files.ts";
import { indexInputs } from "../../lib/driver/inputs/read/index.ts";
import { openRest } from "../../lib/driver/rest/open.ts";
import { readSource } from "../../lib/cli/load_plan.ts";
import { UserError } from "../../lib/plan/errors.ts";
import { readOffsets } from "../../lib/pool/offsets.ts";
import { ScenarioError } from "../../lib/scenario/read/problems.ts";
import { loadScenario } from "../../lib/scenario/load.ts";
import { restService } from "../driver/rest/bench.ts";
import { SERVICES } from "../driver/workbench.ts";
import { inFolder } from "../end_to_end/cli.ts";
import { makePlan } from "../result/make_run.ts";

const named = (path: string) => ({ path, at: "a.yaml:1:1" });

/** Every place where a path that a user gives is read. */
const READERS: Record<string, (path: string) => unknown> = {
  "--config": (path) => readSource(path, undefined),
  "a replay, as its plan is made": (path) =>
    loadScenario({
      text: `scenarios: { a: { stages: { a: { replay: ${JSON.stringify(path)} } }, tasks: { llm.chat: 1 } } }`,
      file: "a.yaml",
      dir: "/",
      env: {},
      cores: 1,
      overrides: {},
    }),
  "a replay, as it is run": (path) => {
    const course = { kind: "replay", start_ms: 0, end_ms: 1000, arrivals: 1, file: named(path) } as const;
    const load = { kind: "open", name: "a", courses: [course], spacing: "constant" } as const;
    return readOffsets(makePlan({ loads: [{ ...load, courses: [course], max_in_flight: 1, max_wait_ms: 0 }] }));
  },
  "{{pick}}": (path) => compileText(`{{pick ${path}}}`),
  "a .proto file": (path) => loadProtoFiles([path], []),
  "a descriptor set": (path) => loadDescriptorSet(path),
  "the body of a request": (path) =>
    openRest(restService("127.0.0.1:1", [{ body: { kind: "file", path, content_type: "a/b" } }])),
  "a token": (path) => new TokenFile(path, "llm", new Secrets(SERVICES.llm)).ready(),
  "a certificate": (ca_file) =>
    readTls({
      name: "llm",
      tls: { ca_file, cert_file: null, key_file: null, server_name: null, insecure: false, pinned_sha256: null },
    }),
  "prompts": (path) => indexInputs({ ...SERVICES.llm, inputs: [named(path)] }),
  "recordings": (path) => indexInputs({ ...SERVICES.stt, inputs: [named(path)] }),
};

for (const [what, read] of Object.entries(READERS)) {
  Deno.test({
    name: `${what}: neither a device nor a pipe is read`,
    ignore: Deno.build.os === "windows",
    fn: () =>
      inFolder(async (dir) => {
        const pipe = `${dir}/pipe`;
        await new Deno.Command("mkfifo", { args: [pipe] }).output();
        for (const path of ["/dev/zero", pipe]) {
          const error = await Promise.resolve().then(() => read(path)).then(() => null, (error: unknown) => error);
          assert.ok(error instanceof UserError || error instanceof ScenarioError, `${what}, ${path}: ${error}`);
          assert.ok(error.message.includes(path), error.message);
          assert.match(error.message, /not a regular file/);
        }
      }),
  });
}
