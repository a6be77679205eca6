/** Light or dark: the system's choice until the button is used; paper is always light. */
import { browser, byId } from "./browser.ts";

const DARK = "(prefers-color-scheme: dark)";

/** Whether the page is dark now. */
export function isDark(): boolean {
  const root = browser.document.documentElement;
  if (root.classList.contains("on-paper")) return false;
  const { theme } = root.dataset;
  return theme === undefined ? browser.matchMedia(DARK).matches : theme === "dark";
}

/** Reads CSS variables; of `light-dark(a, b)` the one in force. */
export function colorsNow(): (name: string) => string {
  const root = browser.document.documentElement;
  const style = browser.getComputedStyle(root);
  const dark = isDark();
  return (name) => pick(style.getPropertyValue(`--${name}`).trim(), dark);
}

/** `#111` of `light-dark(#111, #eee)` in the light. */
export function pick(value: string, dark: boolean): string {
  const [, light, other] = /^light-dark\(\s*([^,]+),\s*([^)]+)\)$/.exec(value) ?? [];
  return (dark ? other : light)?.trim() ?? value;
}

/** Light where it was dark, dark where it was light. */
export function switchTheme(): void {
  browser.document.documentElement.dataset.theme = isDark() ? "light" : "dark";
}

/**
 * The theme that an address asks for: `report.html?theme=dark`; null for none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(["?theme=dark", "?theme=pink", ""].map(themeOf), ["dark", null, null]);
 * ```
 */
export function themeOf(search: string): "light" | "dark" | null {
  const theme = new URLSearchParams(search).get("theme");
  return theme === "light" || theme === "dark" ? theme : null;
}

/** Lets the button and the system change the theme. */
export function prepareTheme(changed: () => void): void {
  const button = byId("theme");
  const told = themeOf(browser.location.search);
  // Within another page, which has a button of its own.
  if (told !== null) browser.document.documentElement.dataset.theme = told;
  else if (button !== null) button.hidden = false;
  button?.addEventListener("click", () => {
    switchTheme();
    changed();
  });
  browser.matchMedia(DARK).addEventListener("change", changed);
}
