import assert from "node:assert/strict";
import { ExitCode } from "../../lib/cli/exit_codes.ts";
import { readmeGate } from "../gate/readme_gate.ts";

Deno.test("the README's merge gate ends with june-load's own code, so that INVALID is no FAIL", async () => {
  const { script } = await readmeGate();
  for (const code of Object.values(ExitCode)) {
    const text = `june-load() { return ${code}; }\n${script}echo merged`;
    const { code: ended, stdout } = await new Deno.Command("bash", { args: ["-c", text] }).output();
    assert.equal(ended, code);
    assert.equal(new TextDecoder().decode(stdout), code === 0 ? "merged\n" : "");
  }
});
