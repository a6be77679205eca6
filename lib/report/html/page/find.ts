/** Search through the page: rows and findings that do not have the words go, and come back with them. */
import { browser, byId, type PageElement } from "./browser.ts";

/** What is searched. */
const SEARCHED = "table.ops tbody tr, .finds li, .checks li, .facts > dd, .more li";

/** Prepares the field of the bar: `/` goes there, Enter to the first place found, Escape back. */
export function prepareSearch(): void {
  const { document } = browser;
  const field = byId("find");
  const found = byId("found");
  if (field === null || found === null) return;
  (field.closest("label") ?? field).hidden = false;
  const places = [...document.querySelectorAll(SEARCHED)].map((element) => ({
    element,
    text: (element.textContent ?? "").toLowerCase(),
  }));
  const search = (): PageElement[] => {
    const wanted = field.value.trim().toLowerCase();
    const matching = places.filter(({ text }) => wanted === "" || text.includes(wanted));
    for (const { element } of places) element.classList.add("unfound");
    for (const { element } of matching) element.classList.remove("unfound");
    found.textContent = wanted === "" ? "" : `${matching.length} of ${places.length} rows`;
    return wanted === "" ? [] : matching.map(({ element }) => element);
  };
  field.addEventListener("input", search);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") field.value = "";
    const matching = search();
    if (event.key === "Enter") goTo(matching[0]);
  });
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName)) return;
    event.preventDefault();
    field.focus();
  });
}

/** Opens what a place is folded into, and goes there. */
function goTo(place: PageElement | undefined): void {
  if (place === undefined) return;
  openAround(place);
  place.scrollIntoView({ block: "center" });
  (place.querySelector("a, button") ?? place.closest(".scroll"))?.focus({ preventScroll: true });
}

/** Opens every fold around an element, and the element itself where it is one. */
export function openAround(element: PageElement): void {
  for (let fold = element.closest("details"); fold !== null; fold = fold.parentElement?.closest("details") ?? null) {
    fold.open = true;
  }
}
