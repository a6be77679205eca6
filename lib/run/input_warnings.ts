/** What a user should know about the inputs before the load: fields that are not used, arrivals that are not replayed. */
import type { InputIndex } from "../driver/registry.ts";
import type { Plan, ServicePlan } from "../plan/plan.ts";
import type { InputIndexes } from "../pool/prepare.ts";

/** One line for each entry with something to tell; it begins with the file and the line of the entry. */
export function inputWarnings(plan: Plan, indexes: InputIndexes): string[] {
  return Object.entries(indexes).flatMap(([name, { notes }]) => {
    const service = plan.services.find((one) => one.name === name);
    return notes.map((note) => warningOf(note, plan, service)).filter((text) => text !== null);
  });
}

function warningOf(note: InputIndex["notes"][number], plan: Plan, service: ServicePlan | undefined): string | null {
  const { path, line, names } = note;
  const fields = `${names.length === 1 ? "the field" : "the fields"} ${
    names.map((name) => JSON.stringify(name)).join(", ")
  }`;
  switch (note.kind) {
    case "unused":
      return `${path}:${line}: june-load does not use ${fields}`;
    case "timed":
      if (!replays(plan, path)) {
        return `${path}:${line}: june-load does not use ${fields}: name the file as "replay" of a stage, too, and its ` +
          "arrivals come at their times";
      }
      if (service?.input_plan?.order === "sequential") return null;
      return `${path}:${line}: the arrivals are replayed, but entries are picked at random: with "order: sequential" ` +
        "each arrival has its own entry";
  }
}

function replays({ loads }: Plan, path: string): boolean {
  return loads.some(({ courses }) => courses.some((course) => course.kind === "replay" && course.file.path === path));
}
