/** Secrets in every place, servers that quote them in every form of failure, and no trace in anything that is written. */
import assert from "node:assert/strict";
import { formFlagParameters } from "../../lib/cli/report/form_flags.ts";
import { inFolder, runFolder } from "../end_to_end/cli.ts";
import { withEchoForms, WRITES } from "./echo_forms.ts";
import { assertCleanFiles, june, plant, PLANTED } from "./planted.ts";
import { withProxy } from "./proxy.ts";
import { granted, withEndpoint } from "./token_endpoint.ts";

/** Places whose secrets reach no HTTP or gRPC server of the test in plain: the proxy's and the client's. */
const ELSEWHERE: ReadonlySet<string> = new Set(["proxy", "client"]);

/** Registers the test for one encoding. */
export function echoTest(encoding: string): void {
  Deno.test(`a secret in every place is in nothing that june-load writes, whatever quotes it (${encoding})`, () =>
    inFolder((dir) =>
      withEchoForms(
        WRITES[encoding]!,
        PLANTED.session,
        (echo) =>
          withProxy({}, (proxy) =>
            withEndpoint(() => granted(PLANTED.granted, 3600), async ({ target }) => {
              const path = await plant({ ...echo, proxy: proxy.address, tokens: target, dir });
              await runAll(path, dir);
              const heard = echo.heard.join("\n");
              // What was sent did hold them: else this test would prove nothing.
              for (const [place, value] of Object.entries(PLANTED)) {
                assert.ok(ELSEWHERE.has(place) || heard.includes(value), `${place} was not sent`);
              }
            })),
      )
    ));
}

async function runAll(path: string, dir: string): Promise<void> {
  const out = `${dir}/out`;
  const dry = await june("run", path, "--dry-run");
  assert.equal(dry.code, 0, dry.stderr);
  assert.equal((await june("check", path)).code, 3);
  const ran = await june("run", path, "--no-preflight", "--output-dir", out);
  assert.equal(ran.code, 99, ran.stdout + ran.stderr);
  const files = await assertCleanFiles(out);
  for (const end of [".html", ".json", ".csv", "result.ndjson"]) {
    assert.ok(files.some((name) => name.endsWith(end)), `no ${end} among ${files}`);
  }
  const folder = await runFolder(out, "planted");
  const result = await Deno.readTextFile(`${folder}/result.ndjson`);
  assert.match(result, /\*\*\*/);
  const forms = Object.keys(formFlagParameters).flatMap((flag) => [`--${flag}`, `${dir}/again/${flag}`]);
  await june("report", `${folder}/result.ndjson`, "--output-dir", `${dir}/again`, ...forms);
  const again = await assertCleanFiles(`${dir}/again`);
  for (const flag of Object.keys(formFlagParameters)) assert.ok(again.includes(flag), flag);
}
