/** `june-load compare BASE NEW...`: what changed between runs, and how sure that is. */
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { compareFlagParameters, type CompareFlags } from "./compare_flags.ts";

/** Compares saved runs, or runs two targets side by side. */
export const compareCommand = buildCommand<CompareFlags, string[], CliContext>({
  async func(given, ...named) {
    const { compareNamed } = await import("./compare_named.ts");
    this.process.exitCode = await compareNamed(this, named, given);
  },
  parameters: {
    positional: {
      kind: "array",
      parameter: { brief: "Results, folders of runs or globs; [label=]what", parse: String, placeholder: "side" },
    },
    flags: compareFlagParameters,
  },
  docs: {
    customUsage: ["<base> <new>...", "<duet>", "--duet <A> <B> <scenario>"],
    brief: "Compare saved runs, or two targets side by side: what changed, and how sure that is",
    fullDescription: [
      "Compares each side with the first: first whether they can be compared at all, then every figure with its interval.",
      "A side is a result, its folder, a folder that holds several runs, or a glob in quotes; commas join several.",
      "",
      "  june-load compare reports/target/20261122_020000 reports/target/20261123_020000",
      "  june-load compare main=before/target pr=after/target            several runs a side",
      "  june-load compare main pr --fail-if 'p95(response_time) +5%'    a gate",
      "",
      "A duet calls two targets at the same instants with the same inputs, so that what disturbs both cancels:",
      "",
      "  june-load compare --duet gpu-1:50051 gpu-2:50051 my.yaml        a scenario of one service",
      "  june-load compare --duet llm=gpu-1:50051 llm=gpu-2:50051 demo   of several: those that differ",
      "  june-load compare --duet main.yaml pr.yaml --scenario target    two files with the same load",
      "  june-load compare --duet --sim demo --fault llm.latency_factor=1.03",
      "  june-load compare reports/demo-duet                             saved duets, all together",
      "",
      "Exit codes: 99 a change is certainly beyond a rule (with --fail-if-unsure: not certainly within), 5 the runs cannot be",
      "compared although there are rules, 0 otherwise.",
    ].join("\n"),
  },
});
