/** The servers' own statistics beside june-load's figures. */
import { formatCount, formatNumber } from "../../../plan/units.ts";
import type { Run } from "../../../result/run.ts";
import {
  DECOUPLED_NOTE,
  type ModelWork,
  serverNotes,
  type ServerWork,
  serverWork,
  WORK_TIMES,
} from "../../figures/servers.ts";
import { type Column, sparseTable } from "../table/columns.ts";
import { milliseconds } from "../table/figure_cell.ts";
import { type Markup, markup } from "../markup.ts";

interface Line {
  server: ServerWork;
  work: ModelWork;
}

/** Null where no server reported statistics. */
export function serverSection(run: Run): Markup | null {
  const servers = serverWork(run);
  if (servers.length === 0) return null;
  const lines = servers.flatMap((server) => server.models.map((work) => ({ server, work })));
  const rows = lines.map((row) => ({ name: `${row.server.service}: ${row.work.model}`, row }));
  const table = rows.length === 0 ? null : sparseTable("servers", "Model", rows, COLUMNS);
  return markup`<h3 id="servers">What the servers counted</h3>
<p class="note">Means over the whole run, warm-up included, as each server counted them itself; times in milliseconds.
${DECOUPLED_NOTE}</p>
${table}${servers.flatMap((server) => serverNotes(run, server).map((note) => noteLine(server, note)))}`;
}

const COLUMNS: readonly Column<Line>[] = [
  { head: "Ok", cell: ({ work }) => formatCount(work.ok) },
  { head: "Failed", cell: ({ work }) => formatCount(work.failed) },
  ...WORK_TIMES.map(({ of, name, title }): Column<Line> => ({
    head: { group: "On the server", text: name, title },
    cell: ({ work }) => orNull(work[of], milliseconds),
  })),
  {
    head: { text: "Batch", title: "Requests that one run of the model served, on average" },
    cell: ({ work }) => orNull(work.batch, formatNumber),
  },
  {
    head: { text: "Cached", title: "Answers from the server's cache" },
    cell: ({ work }) => work.cache_hits === 0 ? null : formatCount(work.cache_hits),
  },
  {
    head: { text: "Here", title: "Mean service time of ok calls, as june-load measured it here" },
    cell: ({ server }) => orNull(server.client_mean_us, milliseconds),
  },
];

const orNull = (value: number | null, text: (value: number) => string): string | null =>
  value === null ? null : text(value);

function noteLine({ service }: ServerWork, note: string): Markup {
  return markup`<p class="note">${service}: ${note}</p>
`;
}
