/** Adds what services tell on their pages of metrics to the result. */
import type { ResourceNote, ServiceSample } from "../measure/resource.ts";
import type { Plan, ServicePlan } from "../plan/plan.ts";
import { type MetricsPagePlan, shownUrl, wholeUrl } from "../plan/metrics_page.ts";
import { absentNote } from "../resources/metrics/notes.ts";
import type { PageSource } from "../resources/metrics/page_source.ts";
import { PageWatch } from "../resources/metrics/page_watch.ts";
import { findPage, type Place } from "../resources/metrics/search.ts";
import { openRemotePages } from "../resources/metrics/remote_page.ts";
import type { CreateObserver, Observed } from "./observer.ts";
import { openPages } from "./page_http.ts";
import { pageService, placesBeside } from "./page_places.ts";

/** Time between readings of a page that was found; milliseconds. */
const FOUND_EVERY_MS = 1000;

/** Reads the plan's pages, and those that it finds beside the services, from the start of the load to its last call. */
export const readPages: CreateObserver = (session) => {
  const pages = new Pages(session);
  return {
    begin: () => pages.begin(),
    finish: () => pages.stop(),
  };
};

class Pages {
  readonly #session: Observed;
  readonly #watches: PageWatch[] = [];
  /** Those of searches that go on. */
  readonly #open = new Set<PageSource>();
  #stopped = false;

  constructor(session: Observed) {
    this.#session = session;
  }

  begin(): void {
    const { plan } = this.#session;
    for (const page of plan.resources.pages ?? []) this.#watchPlanned(page, plan);
    for (const { service, places } of searchesOf(plan)) void this.#search(service, places);
  }

  /** Nothing waits for a server: requests that are under way are cancelled. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([
      ...this.#watches.map((watch) => watch.stop()),
      ...[...this.#open].map((pages) => pages.close()),
    ]);
  }

  #watchPlanned(page: MetricsPagePlan, plan: Plan): void {
    const { name, path, preset, series = [], interval_ms } = page;
    this.#watches.push(
      new PageWatch({
        ...this.#receivers(),
        source: name,
        url: shownUrl(page),
        pages: page.via === undefined
          ? openPages(pageService(page, plan), path)
          : openRemotePages({ url: wholeUrl(page), via: page.via, timeout_ms: page.timeout_ms }),
        preset: preset ?? null,
        series,
        interval_ms,
      }),
    );
  }

  async #search({ name }: ServicePlan, places: readonly Place[]): Promise<void> {
    const found = await findPage(places, (pages) => {
      this.#open.add(pages);
      // It was opened while everything else was stopped.
      if (this.#stopped) void pages.close();
    });
    this.#open.clear();
    if (this.#stopped) return found.kind === "found" ? void found.pages.close() : undefined;
    if (found.kind === "none") {
      const { kind, text } = absentNote(name, found.tried);
      return this.#note({ t_ms: this.#session.now_ms(), kind, text });
    }
    const { url, pages, text } = found;
    const watched = { source: name, url, pages, first: text, preset: null, series: [], interval_ms: FOUND_EVERY_MS };
    this.#watches.push(new PageWatch({ ...this.#receivers(), ...watched }));
  }

  #receivers() {
    return {
      now_ms: () => this.#session.now_ms(),
      onSample: (sample: ServiceSample) => this.#session.keep(sample),
      onNote: (note: ResourceNote) => this.#note(note),
    };
  }

  #note(note: ResourceNote): void {
    this.#session.keep({ type: "event", ...note });
  }
}

/** Which services to look beside: those called, each place once. A page of a service's name takes the place of a search. */
function searchesOf(plan: Plan): { service: ServicePlan; places: Place[] }[] {
  const { pages = [], service_pages } = plan.resources;
  if (service_pages === false) return [];
  const seen = new Set(pages.map(shownUrl));
  const named = new Set(pages.map(({ name }) => name));
  return plan.services.filter(({ name }) => !named.has(name)).flatMap((service) => {
    const places = placesBeside(service, plan).filter(({ url }) => !seen.has(url));
    for (const { url } of places) seen.add(url);
    return places.length === 0 ? [] : [{ service, places }];
  });
}
