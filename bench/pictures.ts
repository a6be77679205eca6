/**
 * Takes the pictures of docs/live.md: `deno task pictures [FOLDER]`, two minutes. The run in them is a real one against the
 * simulator: take them on a machine with nothing else to do, or the page says, rightly, that june-load is the limit.
 */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { launchBrowser, until } from "../tests/browser/browser.ts";
import { withJuneLoad } from "../tests/browser/live/june_load.ts";

const FOLDER = Deno.args[0] ?? new URL("../docs/live/", import.meta.url).pathname;
/** When the running load is taken: within its spike. */
const AT_S = 51;

const SCENARIO = `# A sudden crowd.
services:
  grpc:
    llm: { host: "gpu-1:50051", weight: 36 }
    stt: { host: "gpu-1:50052", weight: 30 }
    tts: { host: "gpu-1:50053", weight: 26 }

scenarios:
  spike:
    description: "Spike: a sudden crowd"
    think_time: 300ms-1s
    stages:
      warm_up: { duration: 8s, users: 0 to 8, warm_up: true }
      before: { duration: 20s, users: 8 }
      rise: { duration: 4s, users: 8 to 60 }
      spike: { duration: 28s, users: 60 }
      recovery: { duration: 30s, users: 8 }
    thresholds:
      - p95(response_time, llm.*) < 900ms
      - p95(first_message, llm.*) < 300ms
      - p95(response_time, stt.*) < 2s
      - p95(response_time, tts.*) < 2s
      - error_rate < 1%
      - load >= 100%
      - recovery_time < 30s
`;

const take = (page: Page, name: string) => page.screenshot({ path: join(FOLDER, `${name}.png`) });

await withJuneLoad(async ({ address }) => {
  const browser = await launchBrowser();
  const open = async (width: number, height: number, colorScheme: "light" | "dark") => {
    const page = await (await browser.newContext({ viewport: { width, height }, colorScheme })).newPage();
    // A stage is awaited for longer than a click.
    page.setDefaultTimeout(180_000);
    await page.goto(address);
    return page;
  };
  const at = (page: Page, kind: string) => page.locator(`html[data-ready=${kind}]`).waitFor({ state: "attached" });
  try {
    const page = await open(1280, 860, "light");
    await at(page, "form");
    const text = page.getByRole("textbox", { name: "The scenario as YAML" });
    await text.fill(SCENARIO.replace("first_message", "frist_message"));
    await page.getByText("1 mistake, in line 20").first().click();
    await take(page, "before");
    await text.fill(SCENARIO);
    await until(page, `document.querySelector("#why").textContent === ""`);
    await page.getByRole("button", { name: "Start" }).click();
    const [dark, phone] = [await open(1280, 900, "dark"), await open(400, 860, "light")];
    for (const one of [dark, phone]) {
      await at(one, "run");
      await one.locator("#load svg path").first().waitFor({ state: "attached" });
    }
    await dark.locator(".bar .id", { hasText: `0:${AT_S}` }).waitFor();
    await take(dark, "running");
    await take(phone, "phone");
    await at(page, "done");
    await page.frameLocator("#report").locator("#verdict .say").waitFor();
    await page.locator("#downloads summary").click();
    await take(page, "done");
  } finally {
    await browser.close();
  }
}, { scenarios: SCENARIO });
console.log(`before, running, phone and done are in ${FOLDER}`);
