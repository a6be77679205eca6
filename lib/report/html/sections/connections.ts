/** The connections to each service and address: how many, what ended them, what went over them, and who waited. */
import { Histogram } from "../../../measure/histogram.ts";
import type { ConnectionNoteKind, HistogramData } from "../../../measure/interval.ts";
import { formatBytes, formatClock, formatCount, formatDuration } from "../../../plan/units.ts";
import type { ConnectionSummary, LinkSummary } from "../../../result/connections.ts";
import type { Run } from "../../../result/run.ts";
import { connectionTotals } from "../../figures/facts.ts";
import { plainText } from "../../format/escape.ts";
import { type Markup, markup } from "../markup.ts";
import { Cell, type Head, numberRow, numberTable } from "../table/table.ts";

/** Notes that a report lists; the rest are in the JSON file. */
const MAX_NOTES = 20;

const UNKNOWN = "–";
const count = (value: number | null) => value === null ? UNKNOWN : formatCount(value);
const bytes = (value: number | null) => value === null ? UNKNOWN : formatBytes(value);

/** Percentiles of a time, `12 ms, 40 ms`. */
function times(data: HistogramData | null, percentiles: readonly number[]): string {
  if (data === null) return UNKNOWN;
  const histogram = Histogram.from(data);
  return percentiles.map((p) => formatDuration(histogram.percentile(p))).join(", ");
}

const LINK_HEADS: readonly Head[] = [
  { text: "Lost", title: "Ended by the peer or the network, unannounced or with a call on them" },
  { text: "Told to go", title: "The peer sent GOAWAY (HTTP/2) or a close frame (WebSocket)" },
  { text: "Attempts failed", title: "Attempts to connect that failed" },
  {
    text: "Calls at once",
    title: "The most on open connections at the end of a second, of those that the peers allow",
  },
  { text: "Ping", title: "Round trips of june-load's own pings: P50, P95" },
  { text: "Sent", title: "Bytes on the connections, frames included, and messages", group: "Bytes and messages" },
  { text: "Received", group: "Bytes and messages" },
];

function linkCells(one: LinkSummary): string[] {
  const limit = one.stream_limit === null ? "" : ` of ${formatCount(one.stream_limit)}`;
  return [
    count(one.lost_total),
    count(one.goaways_total),
    count(one.failed_total),
    `${formatCount(one.streams_peak)}${limit}`,
    times(one.ping, [50, 95]),
    `${bytes(one.sent_bytes_total)}, ${count(one.sent_messages_total)}`,
    `${bytes(one.received_bytes_total)}, ${count(one.received_messages_total)}`,
  ];
}

const OPEN: Head = {
  text: "Connections",
  title: "The most that were open at the end of a second, all workers together",
};
const AGAIN: Head = { text: "Opened again", title: "Connections opened in place of others" };

/** A row for each service, one for each of several addresses, and what happened; null for a run without a second. */
export function connectionTable(run: Run): Markup | null {
  const totals = connectionTotals(run);
  if (totals.length === 0) return null;
  const heads = [
    "Service",
    OPEN,
    AGAIN,
    { text: "Calls moved", title: "Calls that one connection provably did not process and another took" },
    { text: "Calls waiting", title: "The most seen waiting for a connection or a free stream at the end of a second" },
    { text: "Wait", title: "How long calls waited for a connection or a free stream, of those that did: P50, P95" },
    ...LINK_HEADS,
  ];
  const rows = totals.map((one) =>
    numberRow(one.service, [
      ...[one.connections_peak, one.reconnects_total, one.moves_total, one.waiting_peak].map(formatCount),
      times(one.wait, [50, 95]),
      ...linkCells(one),
    ])
  );
  return markup`${numberTable("connections", heads, rows)}${addressTable(totals)}${noteTable(totals)}`;
}

/** Of services with several addresses; the only address of a service has the figures of the service. */
function addressTable(totals: readonly ConnectionSummary[]): Markup | null {
  const several = totals.filter(({ addresses }) => addresses.length > 1);
  if (several.length === 0) return null;
  const rows = several.flatMap(({ service, addresses }) =>
    addresses.map((one) =>
      numberRow(plainText(one.address, 80), [
        new Cell(service, { classes: "left" }),
        formatCount(one.connections_peak),
        formatCount(one.reconnects_total),
        ...linkCells(one),
      ])
    )
  );
  const heads = ["Address", { text: "Service", left: true }, OPEN, AGAIN, ...LINK_HEADS];
  return markup`<h3 id="addresses">By address</h3>
${numberTable("addresses", heads, rows)}`;
}

const WHAT: Readonly<Record<ConnectionNoteKind, string>> = {
  lost: "Lost",
  goaway: "Told to go",
  failed: "Attempt failed",
  reconnected: "Opened again",
};

/** What ended connections, in the peers' words. */
function noteTable(totals: readonly ConnectionSummary[]): Markup | null {
  const all = totals.flatMap(({ service, notes }) => notes.map((note) => ({ service, ...note })))
    .filter(({ kind }) => kind !== "reconnected")
    .sort((a, b) => b.count - a.count || a.first_ms - b.first_ms);
  if (all.length === 0) return null;
  const left = (text: string) => ({ text, left: true });
  const rows = all.slice(0, MAX_NOTES).map(({ kind, service, address, text, count, first_ms, last_ms }) =>
    numberRow(WHAT[kind], [
      new Cell(service, { classes: "left" }),
      new Cell(address === "" ? UNKNOWN : plainText(address, 80), { classes: "left" }),
      formatCount(count),
      formatClock(first_ms),
      formatClock(last_ms),
      new Cell(plainText(text, 300), { classes: "wrap" }),
    ])
  );
  const rest = all.length > MAX_NOTES
    ? markup`<p class="note">${all.length - MAX_NOTES} rarer kinds are in the JSON file.</p>
`
    : null;
  return markup`<h3 id="connection-ends">Why connections ended</h3>
${
    numberTable("connection-ends", [
      "What",
      left("Service"),
      left("Address"),
      "Count",
      "First",
      "Last",
      left("Why"),
    ], rows)
  }${rest}`;
}
