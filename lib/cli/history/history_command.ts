/** `june-load history FOLDER...`: the runs of a scenario over time, and where a figure's level changed. */
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { historyFlagParameters, type HistoryFlags } from "./history_flags.ts";

/** Lists runs and follows their figures. */
export const historyCommand = buildCommand<HistoryFlags, string[], CliContext>({
  async func(given, ...folders) {
    const { listHistory } = await import("./list_history.ts");
    await listHistory(this, folders, given);
  },
  parameters: {
    positional: {
      kind: "array",
      parameter: { brief: "Folders of runs [default: reports]", parse: String, placeholder: "folder" },
    },
    flags: historyFlagParameters,
  },
  docs: {
    brief: "List runs over time, and where a figure's level changed",
    fullDescription: [
      "Lists the runs in folders, scenario by scenario, and follows each figure from run to run: a change point stands where",
      "its level moved for good. Runs that are INVALID, or of another plan than the newest, are listed and left out.",
      "",
      "  june-load history reports/",
      "  june-load history reports/ --scenario target --html history.html",
    ].join("\n"),
  },
});
