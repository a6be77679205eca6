/** A report, or a comparison, in place: its own page with its own policy, in the colours of this one. */
import { Component } from "preact";
import { browser } from "../../../../report/html/page/browser.ts";
import { isDark } from "../../../../report/html/page/theme.ts";
import { html, type Shown } from "../html.ts";

/** A document of the same origin, as far as it is asked for its colours. */
interface Inside {
  contentDocument: {
    documentElement: { dataset: Record<string, string | undefined> };
    getElementById(id: string): { click(): void; hidden: boolean } | null;
  } | null;
}

interface ViewerProps {
  address: string;
  title: string;
}

/** The frame; it takes all of the window that the bar leaves. */
export class Viewer extends Component<ViewerProps> {
  #frame: Inside | null = null;

  override componentDidUpdate(): void {
    this.#match();
  }

  override render({ address, title }: ViewerProps): Shown {
    return html`
      <iframe class="report" id="report" title=${title} src=${address}
        ref=${(frame: Inside | null) => this.#frame = frame} onLoad=${() => this.#match()} />
    `;
  }

  /** The report's own button for its colours redraws its charts: pressed here where they differ, and one is enough. */
  #match(): void {
    const inside = this.#frame?.contentDocument ?? null;
    if (inside === null) return;
    const { theme } = inside.documentElement.dataset;
    const dark = theme === undefined ? browser.matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
    const button = inside.getElementById("theme");
    if (button === null) return;
    if (dark !== isDark()) button.click();
    button.hidden = true;
  }
}
