/** What a user should know about the inputs before the load: fields that are not used, arrivals that are not replayed. */
import type { InputIndex } from "../driver/registry.ts";
import type { Plan } from "../plan/plan.ts";
import type { TaskName } from "../plan/tasks.ts";
import type { InputIndexes } from "../pool/prepare.ts";

/** Tasks that send one text: of a conversation the first question. */
const PROMPT_ONLY: readonly TaskName[] = [
  ...["llm.generate", "llm.generate_stream", "llm.embed", "tts.synthesize", "tts.synthesize_stream"] as const,
];

/** One line for each entry with something to tell; it begins with the file and the line of the entry. */
export function inputWarnings(plan: Plan, indexes: InputIndexes): string[] {
  return Object.entries(indexes).flatMap(([name, { notes }]) => {
    return notes.map((note) => warningOf(note, plan, name)).filter((text) => text !== null);
  });
}

function warningOf(note: InputIndex["notes"][number], plan: Plan, service: string): string | null {
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
      if (plan.services.find(({ name }) => name === service)?.input_plan?.order === "sequential") return null;
      return `${path}:${line}: the arrivals are replayed, but entries are picked at random: with "order: sequential" ` +
        "each arrival has its own entry";
    case "chat": {
      const tasks = plan.tasks.filter(({ name, services }) => PROMPT_ONLY.includes(name) && services.includes(service));
      if (tasks.length === 0) return null;
      const operations = tasks.map(({ operation }) => operation).join(", ");
      return `${path}:${line}: ${operations} sends only the first question of a conversation, not the rest of ${fields}`;
    }
  }
}

function replays({ loads }: Plan, path: string): boolean {
  return loads.some(({ courses }) => courses.some((course) => course.kind === "replay" && course.file.path === path));
}
