/** The strip over the charts: the plan's stages, and the findings by number; and the list of findings that lights them. */
import type { PageData } from "../chart_data.ts";
import { browser, byId, elementOf, type PageElement } from "./browser.ts";
import { around, type Clock, type Span } from "./clock.ts";

/** Numbers of findings stand this far from each other at least; pixels. */
const LEAST_GAP_PX = 18;

/** Builds the strip, and connects the findings with the charts. */
export function prepareFindings(data: PageData, clock: Clock): void {
  const strip = byId("strip");
  const all = byId("show-all");
  all?.addEventListener("click", () => clock.show(null));
  const draw = () => {
    if (strip !== null) {
      strip.replaceChildren(...stageParts(data, clock.window), ...numberParts(data, clock.window, strip.clientWidth));
    }
    if (all !== null) all.hidden = !clock.zoomed;
  };
  clock.listen((changed) => changed === "window" ? draw() : undefined);
  draw();
  browser.addEventListener("resize", draw);
  for (const item of browser.document.querySelectorAll(".finds li")) connect(item, data, clock);
  browser.addEventListener("hashchange", () => showNamed(data, clock));
  showNamed(data, clock);
}

/** Shows the finding that the address names. */
function showNamed(data: PageData, clock: Clock): void {
  const [, number] = /^#finding-(\d+)$/.exec(browser.location.hash) ?? [];
  const found = number === undefined ? undefined : data.findings[Number(number) - 1];
  if (found === undefined) return;
  const { from_s, to_s } = found;
  clock.show(around(from_s, to_s ?? from_s, data.span_s));
  clock.light([from_s, to_s ?? from_s]);
  byId("charts")?.scrollIntoView({ block: "start" });
}

function connect(item: PageElement, data: PageData, clock: Clock): void {
  const found = data.findings[Number(item.id.replace("finding-", "")) - 1];
  if (found === undefined) return;
  const span: Span = [found.from_s, found.to_s ?? found.from_s];
  item.addEventListener("pointerenter", () => clock.light(span));
  item.addEventListener("focusin", () => clock.light(span));
  item.addEventListener("pointerleave", () => clock.light(null));
  item.addEventListener("focusout", () => clock.light(null));
  // A second click on the same finding changes no address.
  item.addEventListener("click", () => browser.requestAnimationFrame(() => showNamed(data, clock)));
}

const shareOf = (at: number, [from, to]: Span) => 100 * Math.min(1, Math.max(0, (at - from) / (to - from)));

function stageParts({ stages }: PageData, window: Span): PageElement[] {
  return stages.filter(({ from_s, to_s }) => to_s > window[0] && from_s < window[1]).map((stage) => {
    const part = elementOf("span", stage.shaded ? "seg on" : "seg", elementOf("span", "", stage.name));
    const from = shareOf(stage.from_s, window);
    part.style.left = `${from}%`;
    part.style.width = `${shareOf(stage.to_s, window) - from}%`;
    return part;
  });
}

function numberParts({ findings }: PageData, window: Span, width_px: number): PageElement[] {
  const gap = 100 * LEAST_GAP_PX / Math.max(LEAST_GAP_PX, width_px);
  let last = -Infinity;
  return findings.flatMap(({ from_s, to_s, tone }, i) => {
    const end = to_s ?? from_s;
    if (end < window[0] || from_s > window[1] || byId(`finding-${i + 1}`)?.closest("details") !== null) return [];
    const left = shareOf(from_s, window);
    const number = elementOf("a", `no ${tone}`, String(i + 1));
    number.href = `#finding-${i + 1}`;
    number.setAttribute("tabindex", "-1");
    // Where they would meet, a number moves on, and leaves its place to the one before it.
    const at = Math.max(left, last + gap);
    number.style.left = `${Math.min(at, 100)}%`;
    last = at;
    const parts = at > 100 ? [] : [number];
    if (tone !== "fail" || to_s === null) return parts;
    const bar = elementOf("i", "bad");
    bar.style.left = `${left}%`;
    bar.style.width = `${Math.max(0.4, shareOf(end, window) - left)}%`;
    return [...parts, bar];
  });
}
