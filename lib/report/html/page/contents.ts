/** The contents in the bar: where the reader is, and links into what is folded. */
import { browser, byId, type PageElement } from "./browser.ts";
import { openAround } from "./find.ts";

/** A section counts as read from this far below the top; pixels. */
const READ_PX = 140;

/** Marks the section in sight, and opens what an address names. */
export function prepareContents(): void {
  const links = [...browser.document.querySelectorAll(".bar nav a")].flatMap((link) => {
    const section = byId((link.getAttribute("href") ?? "").slice(1));
    return section === null ? [] : [{ link, section }];
  });
  let waiting = false;
  const mark = () => {
    waiting = false;
    const seen = links.findLast(({ section }) => section.getBoundingClientRect().top < READ_PX) ?? links[0];
    for (const { link } of links) setCurrent(link, link === seen?.link);
  };
  browser.addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    browser.requestAnimationFrame(mark);
  }, { passive: true });
  mark();
  browser.addEventListener("hashchange", openNamed);
  openNamed();
}

function setCurrent(link: PageElement, current: boolean): void {
  if (current) link.setAttribute("aria-current", "true");
  else link.removeAttribute("aria-current");
}

function openNamed(): void {
  const named = byId(decoded(browser.location.hash.slice(1)));
  if (named === null || named.closest("details") === null) return;
  openAround(named);
  named.scrollIntoView({ block: "start" });
}

/** An address may hold anything. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
