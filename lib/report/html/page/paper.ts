/** Printing. Paper is white, narrower than most windows, and cannot be unfolded. */
import { browser, type PageElement } from "./browser.ts";

/** Makes the page fit for paper before it is printed, and as it was afterwards. */
export function preparePrinting(drawAll: () => void): void {
  const { document } = browser;
  const { classList } = document.documentElement;
  let unfolded: PageElement[] = [];
  browser.addEventListener("beforeprint", () => {
    classList.add("on-paper");
    unfolded = [...document.querySelectorAll("details:not([open])")];
    for (const node of unfolded) node.open = true;
    drawAll();
  });
  browser.addEventListener("afterprint", () => {
    classList.remove("on-paper");
    for (const node of unfolded) node.open = false;
    drawAll();
  });
}
