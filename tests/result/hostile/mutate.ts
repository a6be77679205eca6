/** Seeded changes to the lines of a result, for tests of whatever reads results. */

/** Whole numbers from 0 below `n`. */
export type Pick = (n: number) => number;

/** A seeded source of picks. */
export function picks(seed: number): Pick {
  let state = (seed * 2654435761) >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

type Holder = Record<string, unknown>;

const VALUES: readonly (() => unknown)[] = [
  () => null,
  () => -1,
  () => 0,
  () => 1.5,
  () => 1e9,
  () => 1e15,
  () => 1e18,
  () => -1e18,
  () => "NaN",
  () => "",
  () => "\u001b[31mred\u0007\u202e",
  () => "x".repeat(70_000),
  () => "__proto__",
  () => "constructor",
  () => "a*a*a*a*a*a*b",
  () => [],
  () => [null],
  () => ({}),
  () => true,
  () => Array.from({ length: 300 }, (_, at) => at),
];

/** One change of one value anywhere in a record, or of the record's keys. */
function mutateRecord(record: unknown, pick: Pick): unknown {
  const places: [holder: Holder, key: string][] = [];
  const walk = (value: unknown) => {
    if (typeof value !== "object" || value === null) return;
    for (const key of Object.keys(value)) {
      places.push([value as Holder, key]);
      walk((value as Holder)[key]);
    }
  };
  walk(record);
  const [holder, key] = places[pick(places.length)] as [Holder, string];
  const value = holder[key];
  switch (pick(5)) {
    case 0:
      delete holder[key];
      break;
    case 1:
      holder[`${key}_later`] = value;
      break;
    case 2:
      if (typeof value === "number") holder[key] = value * [-1, 0.5, 2, 1000, 1e6, 1e12][pick(6)]!;
      else if (Array.isArray(value)) holder[key] = [...value, ...value];
      else holder[key] = VALUES[pick(VALUES.length)]!();
      break;
    case 3: {
      const [from, name] = places[pick(places.length)] as [Holder, string];
      holder[key] = structuredClone(from[name]);
      break;
    }
    default:
      holder[key] = VALUES[pick(VALUES.length)]!();
  }
  return record;
}

/** The lines of a result with one to three changes. */
export function mutate(lines: readonly string[], pick: Pick): string {
  const changed = [...lines];
  for (let changes = 1 + pick(3); changes > 0; changes--) {
    // The header and the first lines hold most of what can be wrong.
    const at = pick(2) === 0 ? pick(Math.min(3, changed.length)) : pick(changed.length);
    const line = changed[at] ?? "";
    switch (pick(10)) {
      case 0:
        changed.splice(at, 1);
        break;
      case 1:
        changed.splice(pick(changed.length + 1), 0, line);
        break;
      case 2:
        changed[at] = line.slice(0, pick(line.length + 1));
        break;
      case 3: {
        const byte = pick(line.length + 1);
        changed[at] = line.slice(0, byte) + String.fromCharCode(pick(256)) + line.slice(byte + 1);
        break;
      }
      default:
        changed[at] = mutateLine(line, pick);
    }
  }
  const text = changed.join("\n") + (pick(4) === 0 ? "" : "\n");
  return pick(20) === 0 ? text.slice(0, pick(text.length + 1)) : text;
}

function mutateLine(line: string, pick: Pick): string {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? JSON.stringify(mutateRecord(value, pick)) : line;
  } catch {
    return line;
  }
}
