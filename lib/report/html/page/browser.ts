/**
 * What the page's script asks of the browser. Deno's own types have no document, and the DOM's whole library would bring
 * its globals (`name`, `status`, `top` ...) into every file of june-load, where a forgotten declaration would go unseen.
 */
import type { ECharts, EChartsOption } from "echarts";

/** What happens in the page. */
export interface PageEvent {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly clientX: number;
  readonly button: number;
  readonly pointerType: string;
  readonly pointerId: number;
  readonly target: PageElement;
  preventDefault(): void;
}

/** Events that the script listens for. */
export type EventName =
  | "blur"
  | "change"
  | "click"
  | "dblclick"
  | "focus"
  | "focusin"
  | "focusout"
  | "input"
  | "keydown"
  | "pointerdown"
  | "pointercancel"
  | "pointerenter"
  | "pointerleave"
  | "pointermove"
  | "pointerup"
  | "toggle";

/** An element, as far as the script uses it. */
export interface PageElement {
  id: string;
  textContent: string | null;
  className: string;
  hidden: boolean;
  /** Of a `details`: whether it is unfolded. */
  open: boolean;
  /** Of an input. */
  value: string;
  /** Of a link. */
  href: string;
  download: string;
  readonly tagName: string;
  readonly isContentEditable: boolean;
  readonly clientWidth: number;
  readonly dataset: Record<string, string | undefined>;
  readonly style: {
    height: string;
    left: string;
    top: string;
    width: string;
    setProperty(name: string, value: string): void;
    removeProperty(name: string): void;
  };
  readonly classList: {
    add(name: string): void;
    remove(name: string): void;
    toggle(name: string, on: boolean): void;
    contains(name: string): boolean;
  };
  readonly children: ArrayLike<PageElement> & Iterable<PageElement>;
  readonly parentElement: PageElement | null;
  readonly nextElementSibling: PageElement | null;
  insertBefore(child: PageElement, before: PageElement | null): void;
  append(...children: Array<PageElement | string>): void;
  replaceChildren(...children: Array<PageElement | string>): void;
  remove(): void;
  closest(selector: string): PageElement | null;
  matches(selector: string): boolean;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  getBoundingClientRect(): { left: number; top: number; width: number; height: number };
  setPointerCapture(pointer: number): void;
  scrollIntoView(options: { block: "start" | "center" | "nearest" }): void;
  focus(options?: { preventScroll: boolean }): void;
  select(): void;
  click(): void;
  addEventListener(event: EventName, listener: (event: PageEvent) => void): void;
}

/** The colours and fonts in force. */
export interface Style {
  getPropertyValue(name: string): string;
}

/** The browser's globals that the script uses, and ECharts, which the page loads before it. */
export interface Browser {
  readonly document: {
    readonly documentElement: PageElement;
    readonly body: PageElement;
    readonly activeElement: PageElement | null;
    getElementById(id: string): PageElement | null;
    createElement(tag: string): PageElement;
    querySelector(selector: string): PageElement | null;
    querySelectorAll(selector: string): Iterable<PageElement>;
    addEventListener(event: EventName, listener: (event: PageEvent) => void): void;
    execCommand(command: "copy"): boolean;
  };
  readonly location: { hash: string; readonly search: string };
  readonly navigator: { clipboard?: { writeText(text: string): Promise<void> } };
  readonly echarts: {
    init(place: PageElement, theme: null, options: { renderer: "svg"; width?: number; height: number }): Instance;
  };
  getComputedStyle(element: PageElement): Style;
  matchMedia(
    query: string,
  ): { readonly matches: boolean; addEventListener(event: "change", listener: () => void): void };
  addEventListener(
    event: "resize" | "beforeprint" | "afterprint" | "hashchange" | "scroll",
    listener: () => void,
    options?: { passive: boolean },
  ): void;
  requestAnimationFrame(callback: () => void): number;
}

/** One drawn chart. */
export interface Instance extends Pick<ECharts, "dispose" | "getZr"> {
  setOption(option: EChartsOption): void;
  resize(size?: { width: number }): void;
}

/** The browser that runs the script. */
export const browser = globalThis as unknown as Browser;

/** The element with an id, where the page has it. */
export function byId(id: string): PageElement | null {
  return browser.document.getElementById(id);
}

/** A new element with a class and content. */
export function elementOf(tag: string, className = "", ...content: Array<PageElement | string>): PageElement {
  const element = browser.document.createElement(tag);
  if (className !== "") element.className = className;
  element.append(...content);
  return element;
}
