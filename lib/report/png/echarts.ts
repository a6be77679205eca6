/** ECharts, as much of it as the pictures need. All of it would be two thirds of the time that loading takes. */
import { install as bar } from "echarts/lib/chart/bar/install.js";
import { install as scatter } from "echarts/lib/chart/scatter/install.js";
import { install as grid } from "echarts/lib/component/grid/installSimple.js";
import { install as limit } from "echarts/lib/component/marker/installMarkLine.js";
import { install as title } from "echarts/lib/component/title/install.js";
import { init } from "echarts/lib/core/echarts.js";
import { use } from "echarts/lib/extension.js";
import { installLabelLayout as labels } from "echarts/lib/label/installLabelLayout.js";
import { install as svg } from "echarts/lib/renderer/installSVGRenderer.js";

use([bar, scatter, grid, limit, title, labels, svg]);

export { init };
