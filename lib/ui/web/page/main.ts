/**
 * The live page's script: keeps up with the server, draws what it tells, and sends what the user does.
 * `deno task bundle:page` makes `bundle.js` of it.
 */
import { render } from "./preact.ts";
import { browser, byId } from "../../../report/html/page/browser.ts";
import { prepareTheme } from "../../../report/html/page/theme.ts";
import { App, kindOf } from "./app.ts";
import { recolorCharts, resizeCharts } from "./charts/figures.ts";
import { html } from "./html.ts";
import { words } from "./parts.ts";
import { Commands } from "./state/commands.ts";
import { Feed, type Source } from "./state/feed.ts";
import { type Place, readPlace, writePlace } from "./state/place.ts";
import { Store } from "./state/store.ts";

/** The browser's document as this script alone uses it. */
interface LiveDocument {
  title: string;
  readonly hidden: boolean;
  addEventListener(event: "visibilitychange", listener: () => void): void;
}

const document = browser.document as unknown as LiveDocument;

function start(): void {
  const root = byId("page");
  if (root === null) return;
  const store = new Store(readPlace(browser.location.hash));
  const go = (place: Place) => {
    browser.location.hash = writePlace(place);
  };
  const commands = new Commands(store, { fetch: (address, init) => fetch(address, init), storage: sessionStorage, go });
  const feed = new Feed(store, (address) => new EventSource(address) as unknown as Source);
  drawChanges(store, commands, root);
  browser.addEventListener("hashchange", () => store.set({ place: readPlace(browser.location.hash) }));
  browser.addEventListener("resize", resizeCharts);
  document.addEventListener("visibilitychange", () => {
    feed.wake();
    store.set({});
  });
  browser.document.addEventListener("click", ({ target }) => closeMenus(target));
  browser.document.addEventListener("keydown", ({ key }) => key === "Escape" ? closeMenus(null) : undefined);
  prepareTheme(recolorCharts);
  feed.start();
}

/** Closes the menus that are open, but for the one in which something was clicked. */
function closeMenus(within: ReturnType<typeof byId>): void {
  for (const menu of browser.document.querySelectorAll("details.menu")) {
    if (within?.closest("details.menu") !== menu) menu.open = false;
  }
}

/** Draws after each change; nothing while the page is not seen. */
function drawChanges(store: Store, commands: Commands, root: NonNullable<ReturnType<typeof byId>>): void {
  let waiting = false;
  let seen = "";
  const draw = () => {
    waiting = false;
    const { state, points } = store;
    document.title = titleOf(store);
    render(
      html`<${App} state=${state} points=${points} commands=${commands} />`,
      root,
    );
    browser.document.documentElement.dataset.ready = kindOf(state);
  };
  store.listen(() => {
    commands.begin();
    // Runs come and go with the phase.
    const phase = `${store.state.ui?.phase} ${store.state.place.tag}`;
    if (phase !== seen && store.state.ui !== null) {
      seen = phase;
      void commands.readHistory();
    }
    if (waiting || document.hidden) return;
    waiting = true;
    queueMicrotask(draw);
  });
  draw();
}

/** `✕ Would FAIL · spike`: what a tab tells that is not in front. */
function titleOf({ state: { ui } }: Store): string {
  const { run = null, phase = "before" } = ui ?? {};
  if (run === null || phase === "before") return "june-load";
  const { verdict, scenario } = run;
  const status = verdict === null ? phase : verdict.status;
  return `${status} · ${words(scenario, 60)} · june-load`;
}

start();
