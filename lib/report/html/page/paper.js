// Paper is white, narrower than most windows, and cannot be unfolded.

/** Widest chart on paper; CSS pixels. */
export const PAPER_PX = 660;

/** Unfolds everything while the page is printed, and calls `redraw` before and after. */
export function followPaper(redraw) {
  const root = document.documentElement;
  let unfolded = [];
  addEventListener("beforeprint", () => {
    root.classList.add("on-paper");
    unfolded = [...document.querySelectorAll("details:not([open])")];
    for (const node of unfolded) node.open = true;
    redraw();
  });
  addEventListener("afterprint", () => {
    root.classList.remove("on-paper");
    for (const node of unfolded) node.open = false;
    redraw();
  });
}
