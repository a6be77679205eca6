/** A report, or a comparison, in place. It is a page of nobody, so that nothing in it can give commands here. */
import { isDark } from "../../../../report/html/page/theme.ts";
import { html, type Shown } from "../html.ts";

/** The frame takes all of the window that the bar leaves. It is told this page's theme, for it cannot look. */
export function Viewer({ address, title }: { address: string; title: string }): Shown {
  const themed = `${address}${address.includes("?") ? "&" : "?"}theme=${isDark() ? "dark" : "light"}`;
  return html`<iframe class="report" id="report" title=${title} src=${themed} />`;
}
