/**
 * The wire transport's own tests on the Deno that compiles the binary, where that is another than the one that runs this:
 * it must meet odd peers in the same way, and tell the same faults.
 */
import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url).pathname;
const compiler = Deno.env.get("COMPILE_DENO");
const TESTS = [
  "tests/transport/wire",
  "tests/transport/diagnose/diagnose_test.ts",
  "tests/conformance/wire_peers_test.ts",
];

Deno.test({
  name: "the wire transport passes its tests on the Deno that compiles the binary",
  ignore: compiler === undefined,
  async fn() {
    const args = ["test", "-A", "--quiet", "--no-check", "--no-lock", ...TESTS];
    const env = { NO_COLOR: "1" };
    const { success, stdout, stderr } = await new Deno.Command(compiler!, { args, cwd: ROOT, env }).output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert.ok(success, said.slice(Math.max(0, said.indexOf(" ERRORS "))));
    // As many as there are: a run that found nothing would succeed, too.
    assert.ok(Number(/ok \| (\d+) passed/.exec(said)?.[1]) > 150, said.slice(-500));
  },
});
