/**
 * What the page's script asks of the browser. Deno's own types have no document, and the DOM's whole library would bring
 * its globals (`name`, `status`, `top` ...) into every file of june-load, where a forgotten declaration would go unseen.
 */
import type { ECharts, EChartsOption } from "echarts";

/** An element, as far as the script uses it. */
export interface PageElement {
  textContent: string | null;
  className: string;
  hidden: boolean;
  /** Of a `details`: whether it is unfolded. */
  open: boolean;
  /** Of a `select`: the chosen option. */
  value: string;
  readonly clientWidth: number;
  readonly style: { height: string };
  readonly classList: { add(name: string): void; remove(name: string): void; contains(name: string): boolean };
  append(...children: PageElement[]): void;
  closest(selector: string): PageElement | null;
  addEventListener(event: "change", listener: () => void): void;
}

/** The colours and fonts in force. */
export interface Style {
  getPropertyValue(name: string): string;
}

/** The browser's globals that the script uses, and ECharts, which the page loads before it. */
export interface Browser {
  readonly document: {
    readonly documentElement: PageElement;
    getElementById(id: string): PageElement | null;
    createElement(tag: string): PageElement;
    querySelectorAll(selector: string): Iterable<PageElement>;
  };
  readonly echarts: {
    init(place: PageElement, theme: null, options: { renderer: "canvas"; width?: number }): Instance;
    connect(group: string): void;
  };
  getComputedStyle(element: PageElement): Style;
  matchMedia(query: string): { addEventListener(event: "change", listener: () => void): void };
  addEventListener(event: "resize" | "beforeprint" | "afterprint", listener: () => void): void;
}

/** One drawn chart. */
export interface Instance extends Pick<ECharts, "dispose" | "getZr" | "group"> {
  setOption(option: EChartsOption): void;
  resize(): void;
}

/** The browser that runs the script. */
export const browser = globalThis as unknown as Browser;
