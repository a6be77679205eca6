/** Printing. Paper is white, and narrower than most windows: the page takes its measure before the charts are redrawn. */
import { browser } from "./browser.ts";
import type { Clock } from "./clock.ts";

/** Makes the page fit for paper before it is printed, and as it was afterwards. */
export function preparePrinting(clock: Clock, drawAll: () => void): void {
  const { classList } = browser.document.documentElement;
  browser.addEventListener("beforeprint", () => {
    classList.add("on-paper");
    clock.point(null);
    clock.light(null);
    drawAll();
  });
  browser.addEventListener("afterprint", () => {
    classList.remove("on-paper");
    drawAll();
  });
}
