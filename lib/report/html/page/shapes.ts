/** Shapes that ECharts has no series for: the area between two lines, and the cells of a heat map. */

/** Where a value stands in a chart, as ECharts tells it. */
export interface ShapeApi {
  coord(value: readonly [number, number]): [number, number];
  value(dimension: number): number;
  visual(name: "color"): string;
}

/** A cell: from and to of both axes, then how opaque it is. */
export type CellPoint = [from_x: number, from_y: number, to_x: number, to_y: number, opacity: number];

type Points = ReadonlyArray<readonly [number, number | null]>;

/** What draws the area between two lines, in pieces where one of them has a gap. */
export function bandShape(low: Points, high: Points) {
  const pieces: Array<Array<[x: number, low: number, high: number]>> = [[]];
  low.forEach(([x, value], i) => {
    const upper = high[i]?.[1] ?? null;
    if (value === null || upper === null) pieces.push([]);
    else pieces.at(-1)?.push([x, value, upper]);
  });
  return (_: unknown, api: ShapeApi) => ({
    type: "group",
    children: pieces.filter((piece) => piece.length > 1).map((piece) => ({
      type: "polygon",
      shape: {
        points: [
          ...piece.map(([x, , upper]) => api.coord([x, upper])),
          ...piece.map(([x, lower]) => api.coord([x, lower])).reverse(),
        ],
      },
      style: { fill: api.visual("color"), opacity: 0.22 },
    })),
  });
}

/** Draws one cell of a heat map. */
export function cellShape(_: unknown, api: ShapeApi) {
  const [left, bottom] = api.coord([api.value(0), api.value(1)]);
  const [right, top] = api.coord([api.value(2), api.value(3)]);
  return {
    type: "rect",
    shape: { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) },
    style: { fill: api.visual("color"), opacity: api.value(4) },
  };
}
