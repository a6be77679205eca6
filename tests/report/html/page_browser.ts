/** As much of a browser as the report's script needs: runs the script that is shipped, and shows what it draws. */
import { createContext, runInContext } from "node:vm";
import type { EChartsOption } from "echarts";
import script from "../../../lib/report/html/page/bundle.js" with { type: "text" };
import type { ChartData } from "../../../lib/report/html/chart_data.ts";

/** An element that only holds what it is given. */
export class FakeElement {
  textContent = "";
  className = "";
  hidden = true;
  open = false;
  value = "";
  clientWidth = 1000;
  readonly style = { height: "" };
  readonly classes = new Set<string>();
  readonly children: FakeElement[] = [];
  readonly listeners = new Map<string, () => void>();

  get classList() {
    const { classes } = this;
    return {
      add: (name: string) => classes.add(name),
      remove: (name: string) => classes.delete(name),
      contains: (name: string) => classes.has(name),
    };
  }
  append(...children: FakeElement[]) {
    this.children.push(...children);
  }
  closest() {
    return this;
  }
  addEventListener(event: string, listener: () => void) {
    this.listeners.set(event, listener);
  }
  /** The element's text and that of all inside it, in order. */
  get texts(): string[] {
    const own = this.textContent === "" ? [] : [this.textContent];
    return [...own, ...this.children.flatMap(({ texts }) => texts)];
  }
}

/** A chart that was drawn, and not thrown away since. */
export interface Drawn {
  id: string;
  option: EChartsOption;
  width: number | undefined;
}

/** A page on which the script has run. */
export interface FakePage {
  /** Charts now on the page, the last drawn last. */
  drawn(): Drawn[];
  /** Elements by their id. */
  elements: Map<string, FakeElement>;
  /** Those that the script found folded. */
  folded: FakeElement[];
  /** Lets an event of the window or of the colour scheme happen. */
  happen(event: string): void;
}

/** Runs the script over a page's data; `$name` becomes `var(--name)`. */
export function runPageScript(data: ChartData, operation = ""): FakePage {
  const [root, choice, json] = [new FakeElement(), new FakeElement(), new FakeElement()];
  json.textContent = JSON.stringify(data);
  choice.value = operation;
  const places = Object.keys(data.charts).map((id) => [id, new FakeElement()] as const);
  const elements = new Map([["chart-data", json], ["pick-operation", choice], ...places]);
  const folded = [new FakeElement()];
  const listeners = new Map<string, () => void>();
  const listen = (event: string, listener: () => void) => listeners.set(event, listener);
  const drawn: Drawn[] = [];
  const init = (place: FakeElement, _theme: null, { width }: { width?: number }) => {
    const id = places.find(([, one]) => one === place)?.[0] ?? "";
    return {
      setOption: (option: EChartsOption) => drawn.push({ id, option, width }),
      dispose: () => drawn.splice(drawn.findIndex((one) => one.id === id), 1),
      getZr: () => ({ flush: () => {} }),
      resize: () => {},
    };
  };
  const page = {
    document: {
      documentElement: root,
      getElementById: (id: string) => elements.get(id) ?? null,
      createElement: () => new FakeElement(),
      querySelectorAll: () => folded,
    },
    echarts: { init, connect: () => {} },
    getComputedStyle: () => ({ getPropertyValue: (name: string) => ` var(${name})` }),
    matchMedia: () => ({ addEventListener: (_: string, listener: () => void) => listen("colours", listener) }),
    addEventListener: listen,
  };
  runInContext(script, createContext(page));
  return { drawn: () => [...drawn], elements, folded, happen: (event) => listeners.get(event)?.() };
}
