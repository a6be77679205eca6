/** The one sentence of a comparison, and the word before it. */
import { HEADLINE } from "../plan/threshold/threshold.ts";
import type { Pairing } from "./compare.ts";
import type { Mismatch } from "./mismatch.ts";
import { directionOf, type FigureDifference, isLost } from "./figures.ts";
import { PAIRS } from "./items.ts";
import { comparative, differenceText, valueText } from "./words.ts";

/** What became of the figures, in a word. */
export type ComparisonStatus =
  | "SLOWER"
  | "FASTER"
  | "WORSE"
  | "BETTER"
  /** Some are worse, some better. */
  | "MIXED"
  | "NO CHANGE SEEN"
  /** No interval could be given for any response time. */
  | "CANNOT TELL"
  | "NOT COMPARABLE";

/** The outcome of one pairing. */
export interface Headline {
  status: ComparisonStatus;
  /** One to three sentences. */
  sentence: string;
}

/** Figures named in a sentence. */
const MOST_NAMED = 3;

/** Sums up a pairing. */
export function headlineOf({ figures, comparable, mismatches, other }: Pairing): Headline {
  const seen = figures.filter(({ better }) => better !== null);
  // In a duet there is no before and after: the sentence says which side it is about.
  const said = sentenceOf(seen, figures, other.paired === true ? other.name : null);
  if (comparable) return said;
  // What made a run INVALID is told in full below.
  const brief = (one: Mismatch) => one.kind === "run" ? mismatchText(cut(one)) : mismatchText(one);
  const why = [...new Set(mismatches.filter(({ blocks }) => blocks).map(brief))];
  return {
    status: "NOT COMPARABLE",
    sentence: `These runs cannot be compared: ${listed(why).replace(/\.+$/, "")}. For what they are worth: ${
      lowered(said.sentence)
    }`,
  };
}

/** @param side of a duet that is compared with the baseline; null: two runs */
function sentenceOf(
  seen: readonly FigureDifference[],
  all: readonly FigureDifference[],
  side: string | null,
): Headline {
  const whose = side === null ? "" : `${side}'s `;
  const certain = seen.filter(({ certainty, little }) => certainty === "certain" && !little);
  const lost = seen.filter(isLost);
  const rest = restText(seen, certain);
  const lengths = lengthText(all);
  if (certain.length === 0 && lost.length === 0) {
    const untold = untoldText(seen, side);
    if (untold !== null) return { status: "CANNOT TELL", sentence: untold + lengths };
    return { status: "NO CHANGE SEEN", sentence: `No certain change. ${rest}${lengths}` };
  }
  const named = leading(certain).map((one) => changeSentence(one, whose));
  const gone = side === null ? "has no answers any more" : "has no answers";
  const missing = [...new Set(lost.map(({ operation }) => `${whose}${operation} ${gone}`))];
  const sentence = `${listed([...missing, ...named].slice(0, MOST_NAMED))}. ${rest}`.trimEnd() + lengths;
  return { status: statusOf(certain, lost.length > 0), sentence };
}

/**
 * What was seen where no response time has an interval: to say "no change" of it would claim what nobody knows. Null where
 * one has.
 */
function untoldText(seen: readonly FigureDifference[], side: string | null): string | null {
  if (seen.every(({ change }) => change === null)) {
    const [largest] = largestUnsure(seen, side);
    return `No figure has enough values on both sides to compare${largest ?? ""}. Longer or more runs would tell.`;
  }
  const times = seen.filter(({ id }) => id.includes(`(${HEADLINE})`));
  if (times.length === 0 || times.some(({ change }) => change !== null)) return null;
  const [largest] = largestUnsure(times, side);
  return `Too little was measured to tell a change of response time${largest ?? ""}. Longer or more runs would tell.`;
}

/** The response times that differ most, as half a sentence each: `; P95 of llm.chat was 809 ms and is 2.42 s`. */
function largestUnsure(figures: readonly FigureDifference[], side: string | null): string[] {
  const factor = ({ base, other }: FigureDifference) => Math.abs(Math.log(other.value! / base.value!));
  return figures
    .filter(({ id, base, other }) => id === `p95(${HEADLINE})` && (base.value ?? 0) > 0 && (other.value ?? 0) > 0)
    .toSorted((a, b) => factor(b) - factor(a))
    .map(({ operation, base, other, unit }) =>
      side === null
        ? `; P95 of ${operation} was ${valueText(base, unit)} and is ${valueText(other, unit)}`
        : `; P95 of ${operation} is ${valueText(base, unit)}, and ${side}'s ${valueText(other, unit)}`
    );
}

function statusOf(certain: readonly FigureDifference[], lost: boolean): ComparisonStatus {
  const directions = new Set(certain.map(directionOf));
  if (lost) directions.add("worse");
  if (directions.size > 1) return "MIXED";
  const times = !lost && certain.every(({ unit }) => unit === "us");
  if (directions.has("worse")) return times ? "SLOWER" : "WORSE";
  return times ? "FASTER" : "BETTER";
}

/** The headline figure of each operation that changed, the largest change first; other figures where that did not change. */
function leading(certain: readonly FigureDifference[]): FigureDifference[] {
  const size = ({ change }: FigureDifference) => change?.scale === "ratio" ? Math.abs(Math.log1p(change.value)) : 0;
  const rank = ({ id }: FigureDifference) =>
    id === PAIRS.id ? 3 : id === `p95(${HEADLINE})` ? 2 : id.includes(HEADLINE) ? 1 : 0;
  const groups = Map.groupBy(certain, (one) => `${one.operation} ${directionOf(one)}`);
  const first = [...groups.values()].map((group) =>
    group.toSorted((a, b) => rank(b) - rank(a) || size(b) - size(a))[0] as FigureDifference
  );
  return first.toSorted((a, b) =>
    Number(b.change?.scale === "difference") - Number(a.change?.scale === "difference") || size(b) - size(a)
  );
}

/** `llm.chat is slower by 12 % ± 3 % at P95`, `error rate of llm.chat is worse by 2.7 ± 2.3 points`. */
function changeSentence(one: FigureDifference, whose: string): string {
  if (one.unit !== "us") return `${one.name} of ${whose}${one.operation} is ${differenceText(one)}`;
  if (one.id === PAIRS.id) return `${whose}${one.operation} is ${differenceText(one)}, pair by pair`;
  return `${whose}${one.operation} is ${differenceText(one)} at ${one.name.replace(/^response time /, "")}`;
}

/** What can be said of everything else: the largest change of times that the intervals leave room for. */
function restText(seen: readonly FigureDifference[], certain: readonly FigureDifference[]): string {
  const rest = seen.filter((one) => !certain.includes(one));
  const perhaps = rest.filter(({ certainty }) => certainty === "perhaps").length;
  const changed = new Set(certain.map(({ operation }) => operation));
  const headsAt = (percentile: number) =>
    rest.filter(({ id, change, operation }) =>
      id === `p${percentile}(${HEADLINE})` && change?.scale === "ratio" && !changed.has(operation)
    );
  const byPairs = rest.filter(({ id, change, operation }) =>
    id === PAIRS.id && change !== null && !changed.has(operation)
  );
  // A short run has too few calls for the one and enough for the other.
  const percentile = headsAt(95).length > 0 ? 95 : 50;
  const heads = byPairs.length > 0 ? byPairs : headsAt(percentile);
  const bounds = heads.flatMap(({ change }) => change === null ? [] : [Math.abs(change.low), Math.abs(change.high)]);
  const others = certain.length > 0 ? "of the other operations " : "";
  const ruled = bounds.length === 0
    ? ""
    : `${byPairs.length > 0 ? "Pair by pair" : `At P${percentile} of response time`} ${others}a change of more than ${
      ruledOut(Math.max(...bounds), byPairs.length > 0)
    } % is ruled out. `;
  const may = perhaps === 0
    ? ""
    : `${perhaps} of ${seen.length} figures may have changed; longer or more runs would tell. `;
  return `${ruled}${may}`.trim();
}

/** The next whole per cent; of pairs, which tell less than that, the next tenth. */
function ruledOut(most: number, fine: boolean): number {
  return fine && most < 0.1 ? Math.ceil(most * 1000) / 10 : Math.ceil(most * 100);
}

/** Longer answers take longer: that is no change of speed. */
function lengthText(all: readonly FigureDifference[]): string {
  const changed = all.filter(({ id, certainty, little }) =>
    (id === "p50(output_length)" || id === "p50(input_length)") && certainty === "certain" && !little
  );
  return changed.map((one) =>
    ` Mind: ${one.operation} has ${comparative(one) === "more" ? "longer" : "shorter"} ${
      one.id.includes("output") ? "answers" : "prompts"
    }, so times of whole answers are not of like answers.`
  ).join("");
}

function cut(one: Mismatch): Mismatch {
  const first = (text: string) => text.split(":")[0] as string;
  return { ...one, base: first(one.base), other: first(one.other) };
}

/** `services.llm.max_tokens is 128 against 256`, `verdict: INVALID: ...`. */
export function mismatchText({ what, base, other, sides = ["the baseline", "the new runs"] }: Mismatch): string {
  if (base === "" || other === "") return `${what} of ${sides[base === "" ? 1 : 0]}: ${base || other}`;
  return `${what} ${base} against ${other}`;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

function lowered(sentence: string): string {
  return /^(No|At|Pair) /.test(sentence) ? sentence[0]!.toLowerCase() + sentence.slice(1) : sentence;
}
