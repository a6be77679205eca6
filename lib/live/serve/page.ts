/** The page: a frame of HTML that its script fills. */
import { ASSETS, PAGE } from "../../ui/web/page/assets.ts";
import type { Asset } from "./assets.ts";

/** The files of the page, by their names. */
export const PAGE_FILES: Readonly<Record<string, Asset>> = {
  "": { type: "text/html; charset=utf-8", text: PAGE },
  ...ASSETS,
};
