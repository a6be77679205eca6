/** Secrets in every place, servers that quote them in every form of failure, and no trace in anything that is written. */
import assert from "node:assert/strict";
import { formFlagParameters } from "../../lib/cli/report/form_flags.ts";
import { inFolder, runFolder } from "../end_to_end/cli.ts";
import { withEchoForms, WRITES } from "./echo_forms.ts";
import { assertCleanFiles, june, plant, PLANTED, startJune } from "./planted.ts";
import { withProxy } from "./proxy.ts";
import { granted, withEndpoint } from "./token_endpoint.ts";

/** Places whose secrets reach no HTTP or gRPC server of the test in plain: the proxy's and the client's. */
const ELSEWHERE: ReadonlySet<string> = new Set(["proxy", "client"]);

/**
 * Registers the test for one encoding.
 * @param pieces how often each piece of each request is quoted before the run is stopped; `once` leaves out the charts, too
 */
export function echoTest(encoding: string, pieces: "once" | "in every form"): void {
  Deno.test(`a secret in every place is in nothing that june-load writes, whatever quotes it (${encoding})`, () =>
    inFolder((dir) =>
      withEchoForms(
        WRITES[encoding]!,
        PLANTED.session,
        (echo) =>
          withProxy({}, (proxy) =>
            withEndpoint(() => granted(PLANTED.granted, 3600), async ({ target }) => {
              const path = await plant({ ...echo, proxy: proxy.address, tokens: target, dir }, pieces !== "once");
              // What was sent held them: else this test would prove nothing.
              const missing = new Map(Object.entries(PLANTED).filter(([place]) => !ELSEWHERE.has(place)));
              let looked = 0;
              const isComplete = () => {
                for (; looked < echo.heard.length; looked++) {
                  for (const [place, value] of missing) if (echo.heard[looked]?.includes(value)) missing.delete(place);
                }
                return missing.size === 0;
              };
              await runAll(path, dir, () => echo.quoted(pieces, isComplete));
              assert.deepEqual([...missing.keys()], [], "was not sent");
            })),
      )
    ));
}

/** Checks, runs until everything is `quoted`, and reports again. */
async function runAll(path: string, dir: string, quoted: () => Promise<void>): Promise<void> {
  const out = `${dir}/out`;
  const dry = await june("run", path, "--dry-run");
  assert.equal(dry.code, 0, dry.stderr);
  assert.equal((await june("check", path)).code, 3);
  const all = quoted();
  const running = startJune("run", path, "--no-preflight", "--output-dir", out);
  const isQuoted = await Promise.race([all.then(() => true), running.finished.then(() => false)]);
  if (isQuoted) running.child.kill("SIGINT");
  const ran = await running.finished;
  assert.ok(isQuoted, `the run ended before all was quoted: ${ran.code} ${ran.stdout}${ran.stderr}`);
  assert.equal(ran.code, 130, ran.stdout + ran.stderr);
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
