import assert from "node:assert/strict";
import { renderComparisonJunit } from "../../lib/report/compare/data.ts";
import { reportOf } from "../compare/sides.ts";
import { simulatedRun } from "../compare/simulated.ts";

const COUNT = `import sys, xml.etree.ElementTree as tree
suite = tree.parse(sys.stdin).getroot()[0]
failed = [case.get("name") for case in suite.iter("testcase") if case.find("failure") is not None]
print(suite.get("tests"), suite.get("failures"), suite.get("errors"), *failed, sep="|")`;

Deno.test("JUnit of a comparison is read by Python's parser, whatever names it holds", async () => {
  const [base, slow] = [simulatedRun({ seed: 1, seconds: 90 }), simulatedRun({ seed: 2, seconds: 90, slow: 1.5 })];
  Object.assign(slow.header, { tool: `<&"'>]]>\u0007` });
  const report = reportOf(base, slow, ["p50(response_time, llm.*) +5%", "p50(response_time, rest.*) +5%"]);
  const child = new Deno.Command("python3", { args: ["-c", COUNT], stdin: "piped", stdout: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(renderComparisonJunit(report, false)));
  await writer.close();
  const { stdout } = await child.output();
  assert.equal(new TextDecoder().decode(stdout).trim(), "3|1|1|p50(response_time, llm.*) +5%");
});
