// Draws the report's charts. Their options come as JSON beside the script; `draw.js` says how.
// `deno task bundle:page` makes bundle.js, which the page holds, out of this file and those it imports.
import { drawAll, drawChart, resizeAll } from "./draw.js";
import { followPaper } from "./paper.js";

const data = JSON.parse(document.getElementById("chart-data").textContent);
const picker = document.getElementById("pick-operation");
const redraw = () => drawAll(data, picker?.value ?? "");

if (picker !== null) {
  picker.closest(".pick").hidden = false;
  picker.addEventListener("change", () => drawChart(data, "time-chart", picker.value));
}
addEventListener("resize", resizeAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
followPaper(redraw);
redraw();
