/** The positional argument of commands that take a scenario; no part of the help needs the scenarios themselves. */

/** The positional argument of commands that take a scenario. */
export const scenarioParameter = {
  kind: "tuple",
  parameters: [{
    brief: "Name of a built-in scenario, or a scenario file",
    parse: String,
    proposeCompletions: async (partial: string) => {
      const { builtInScenarios } = await import("../scenario/built_in.ts");
      return builtInScenarios().map(({ name }) => name).filter((name) => name.startsWith(partial));
    },
    placeholder: "scenario",
    optional: true,
  }],
} as const;
