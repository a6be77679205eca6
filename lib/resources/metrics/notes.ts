/** What is noted of pages of metrics, in words. */
import type { ResourceNoteKind } from "../../measure/resource.ts";
import { nearestWord } from "../../plan/nearest.ts";
import { formatDuration, formatRound, writeDuration } from "../../plan/units.ts";
import type { PageReading } from "./page_reader.ts";
import { PRESET_NAMES, type PresetName, PRESETS } from "./presets.ts";

/** A note without its time. */
export interface PageNote {
  kind: ResourceNoteKind;
  text: string;
  /** What makes it the same note as another. */
  about: string;
}

/** The page that notes are about. */
export interface PageName {
  /** The service or the entry of the plan. */
  source: string;
  /** Its URL, without a query. */
  url: string;
}

/** Most names in a list. */
const MAX_NAMES = 8;

const whose = ({ source, url }: PageName): string => `${source} (${url})`;

/**
 * A page is read.
 * @param beside it was found beside the service, and not named in the plan
 */
export function foundNote(
  page: PageName,
  presets: readonly PresetName[],
  interval_ms: number,
  beside: boolean,
): PageNote {
  const labels = presets.map((preset) => PRESETS[preset].label).join(" and ");
  const every = interval_ms === 1000 ? "once a second" : `every ${writeDuration(interval_ms * 1000)}`;
  const what = labels === "" ? page.url : `${labels}, ${page.url}`;
  const text = `Reads the page of metrics ${beside ? "beside" : "of"} ${page.source} (${what}) ${every}`;
  return { kind: "metrics_found", text, about: page.source };
}

/** Beside a service there is no page: what each address said. */
export function absentNote(source: string, tried: readonly { url: string; why: string }[]): PageNote {
  const all = tried.map(({ url, why }) => `${url}: ${why}`).join("; ");
  const text =
    `No page of metrics beside ${source} (${all}). llama.cpp's server has one with --metrics, SGLang's with ` +
    "--enable-metrics; name any other in metrics.pages";
  return { kind: "metrics_absent", text, about: source };
}

/** A page cannot be read. */
export function unreadableNote(page: PageName, why: string): PageNote {
  const text = `The page of metrics of ${whose(page)} cannot be read: ${why}`;
  return { kind: "metrics_unreadable", text, about: text };
}

/** It can be read again. */
export function backNote(page: PageName, after_ms: number): PageNote {
  const text = `The page of metrics of ${whose(page)} can be read again, after ${
    formatRound(formatDuration(after_ms * 1000))
  }`;
  return { kind: "metrics_back", text, about: page.source };
}

/** Counters began again. */
export function restartedNote(page: PageName): PageNote {
  const text = `The counters of ${whose(page)} began again: the server, or one of its models, was started anew`;
  return { kind: "metrics_restarted", text, about: page.source };
}

/** What the first page of a server says of what it has and lacks. */
export function firstNotes(page: PageName, asked: PresetName | null, reading: PageReading): PageNote[] {
  const notes: PageNote[] = [];
  const add = (kind: ResourceNoteKind, text: string) => notes.push({ kind, text, about: text });
  const { presets, missing, names, off, over } = reading;
  if (asked !== null && presets.length === 0) {
    add(
      "metrics_unknown",
      `The page of metrics of ${whose(page)} is not one of ${PRESETS[asked].label}: it has no metric whose ` +
        `name begins with ${PRESETS[asked].marks.join(" or ")}`,
    );
  } else if (Object.keys(reading.values ?? {}).length === 0) {
    const known = PRESET_NAMES.map((preset) => PRESETS[preset].label).join(", ");
    add(
      "metrics_unknown",
      `Nothing on the page of metrics of ${whose(page)} is known to june-load, which knows those of ${known}: ` +
        'name the metrics to read in "series"',
    );
  }
  for (const name of missing.slice(0, MAX_NAMES)) {
    const near = nearestWord(name, names);
    const hint = near === null ? "" : `: did you mean "${near}"?`;
    add("metrics_missing", `The page of metrics of ${whose(page)} has no metric "${name}"${hint}`);
  }
  for (const preset of off.length === 0 ? [] : presets) {
    const { label, switchOn } = PRESETS[preset];
    if (switchOn === undefined) continue;
    add(
      "metrics_fields_off",
      `${label} of ${whose(page)} does not export ${off.join(", ")}: to have them, ${switchOn}`,
    );
  }
  if (over > 0) {
    add(
      "metrics_missing",
      `The page of metrics of ${whose(page)} has ${over} values more than a reading may have: ` +
        "read fewer models or metrics",
    );
  }
  return notes;
}
