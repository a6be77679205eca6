/** ECharts, as much of it as the page draws with: `deno task bundle:page` makes `echarts.js` of it. */
import { install as custom } from "echarts/lib/chart/custom/install.js";
import { install as line } from "echarts/lib/chart/line/install.js";
import { install as grid } from "echarts/lib/component/grid/installSimple.js";
import { install as area } from "echarts/lib/component/marker/installMarkArea.js";
import { install as limit } from "echarts/lib/component/marker/installMarkLine.js";
import { install as point } from "echarts/lib/component/marker/installMarkPoint.js";
import { init } from "echarts/lib/core/echarts.js";
import { use } from "echarts/lib/extension.js";
import { install as svg } from "echarts/lib/renderer/installSVGRenderer.js";

// By their own modules: the package's collections would bring every kind of chart along.
use([custom, line, grid, area, limit, point, svg]);
Object.assign(globalThis, { echarts: { init } });
