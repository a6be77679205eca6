/** The page's data as files. */
import type { PageData } from "../chart_data.ts";
import { browser, byId, elementOf } from "./browser.ts";
import { csvOf } from "./data.ts";

/** Makes the buttons hand out the data. */
export function prepareDownloads(data: PageData): void {
  const name = `june_load_${data.run.scenario}_${data.run.started_at}`.replace(/[^\w-]+/g, "_").slice(0, 80);
  offer("save-json", `${name}.json`, "application/json", () => `${JSON.stringify(data)}\n`);
  offer("save-csv", `${name}.csv`, "text/csv", () => csvOf(data));
}

function offer(id: string, name: string, type: string, make: () => string): void {
  const button = byId(id);
  if (button === null) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const link = elementOf("a");
    link.href = URL.createObjectURL(new Blob([make()], { type }));
    link.download = name;
    browser.document.body.append(link);
    link.click();
    link.remove();
    // The browser has taken it by then.
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
}
