/** Looks for the page of metrics beside a service. */
import { PageText } from "./page_text.ts";
import type { PageSource } from "./page_source.ts";
import { type PresetName, PRESETS, presetsFor } from "./presets.ts";

/** A place where a page may be. */
export interface Place {
  /** Its URL, for notes. */
  url: string;
  open(): Promise<PageSource>;
}

/** A page that was found, or what every place said. */
export type Found =
  | { kind: "found"; url: string; pages: PageSource; text: string }
  | { kind: "none"; tried: { url: string; why: string }[] };

/**
 * Asks one place after another until one has a page of a server that june-load knows. What it opened and does not return is
 * closed.
 * @param opened told of each source while it is open, so that a caller who cannot wait may close it
 */
export async function findPage(places: readonly Place[], opened: (pages: PageSource) => void): Promise<Found> {
  const tried: { url: string; why: string }[] = [];
  for (const { url, open } of places) {
    const pages = await open();
    opened(pages);
    const reply = await pages.get();
    const why = reply.kind === "failed" ? reply.why : faultOf(reply.text);
    if (why === null && reply.kind === "page") return { kind: "found", url, pages, text: reply.text };
    await pages.close();
    tried.push({ url, why: why ?? "" });
  }
  return { kind: "none", tried };
}

function faultOf(text: string): string | null {
  const names = new Set<string>();
  const { lines, faults } = new PageText().read(text, (name) => {
    names.add(name);
    return false;
  });
  if (lines === 0 || faults > lines) return "it is no page of metrics";
  return presetsFor(names).some(isService) ? null : "it is the page of no server that june-load knows";
}

const isService = (preset: PresetName): boolean => PRESETS[preset].machine !== true;
