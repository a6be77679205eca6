/** The keys of a service's inputs: files, order of entries and shape of prompts. */
import { DEFAULT_INPUT_PLAN, type InputPlan, type LengthPlan, type SharedPrefixPlan } from "../../plan/inputs.ts";
import type { InputFile, ServicePlan } from "../../plan/plan.ts";
import { formatCount } from "../../plan/units.ts";
import { oneOrMore, orMap, scalarOrMap, transform } from "../shape/containers.ts";
import { existingPath } from "../shape/paths.ts";
import { boolean, choice, integer, text } from "../shape/scalars.ts";
import {
  type Context,
  type Decoded,
  type Field,
  maybe,
  object,
  optional,
  required,
  scalar,
  type Shape,
} from "../shape/shape.ts";
import { quote } from "../read/tree.ts";

/** Inputs in the form of the plan; without `input_plan`: unchanged entries in random order. */
export type InputsDraft = Pick<ServicePlan, "inputs" | "input_plan">;

/** Most tokens of a prompt, an answer or a shared beginning. */
const MAX_TOKENS = 1_000_000;

const inputFiles: Shape<InputFile[]> = transform(
  oneOrMore(existingPath("a file or folder"), { min: 1, max: 100 }),
  (paths) => paths.map(({ value, at }) => ({ path: value, at })),
);

const NUMBER = "(\\d+(?:\\.\\d+)?)";
const FORMS: readonly [RegExp, (a: number, b: number) => LengthPlan | string][] = [
  [new RegExp(`^${NUMBER}$`), (value) => ({ kind: "constant", value })],
  [
    new RegExp(`^${NUMBER} to ${NUMBER}$`),
    (min, max) => min <= max ? { kind: "uniform", min, max } : "must name the smaller number first",
  ],
  [new RegExp(`^normal\\(${NUMBER}, ?${NUMBER}\\)$`), (mean, deviation) => ({ kind: "normal", mean, deviation })],
  [
    new RegExp(`^lognormal\\(${NUMBER}, ?${NUMBER}\\)$`),
    (median, sigma) => sigma <= 3 ? { kind: "lognormal", median, sigma } : "must have a sigma of at most 3",
  ],
];

/** A number of tokens, fixed or picked for each call. */
const tokens: Shape<LengthPlan> = scalar({
  expected: `tokens, such as 200, "100 to 300", "normal(200, 50)" or "lognormal(200, 0.5)" (at most ${
    formatCount(MAX_TOKENS)
  })`,
  schema: {
    anyOf: [
      { type: "integer", minimum: 1, maximum: MAX_TOKENS },
      { type: "string", pattern: FORMS.map(([{ source }]) => `(${source})`).join("|") },
    ],
  },
  read(tree) {
    const written = tree.text.trim();
    for (const [form, plan] of FORMS) {
      const match = form.exec(written);
      if (match === null) continue;
      const [a, b] = [Number(match[1]), Number(match[2] ?? 0)];
      const made = plan(a, b);
      if (typeof made === "string") return { error: `The tokens ${quote(written)} ${made}` };
      const counts = made.kind === "uniform" ? [a, b] : [a];
      const isWhole = made.kind === "normal" || made.kind === "lognormal" || counts.every(Number.isInteger);
      return isWhole && counts.every((count) => count >= 1 && count <= MAX_TOKENS) ? { value: made } : null;
    }
    return null;
  },
});

const prefixTokens = integer(1, MAX_TOKENS);

const sharedPrefix: Shape<SharedPrefixPlan> = scalarOrMap(
  transform(prefixTokens, (count) => ({ tokens: count, groups: 1 })),
  transform(
    object({
      tokens: required(prefixTokens, 500, "Length of each beginning, estimated as for prompts."),
      groups: optional(integer(1, 1_000_000), 1, "Number of different beginnings."),
    }),
    ({ tokens, groups }) => ({ tokens: tokens.value, groups: groups.value }),
  ),
);

const ORDER = {
  order: optional(
    choice("random", "sequential"),
    "random",
    "Order of the entries: `random`, or `sequential` as in the files. `sequential` uses each entry once before it starts again, over all workers together.",
  ),
};

const FIELD = {
  field: maybe(
    text(200),
    "`prompt`, `text`, `question`, ...; of chats `messages` or `conversations`",
    "Place of the text in an entry: a key of JSON objects (`body.prompt` is a path), or a column of tables.",
    "question",
  ),
};

const UNIQUE = {
  input_tokens: maybe(
    tokens,
    "entries unchanged",
    'Make prompts of random words with this length instead: a number, `"100 to 300"`, `"normal(MEAN, DEVIATION)"` or `"lognormal(MEDIAN, SIGMA)"`. A token counts as 0.75 words.',
    "lognormal(200, 0.5)",
  ),
  unique: optional(
    boolean,
    false,
    "Begin each prompt differently (after a shared beginning), so that no cache can answer it.",
  ),
};

const CHAT = {
  output_tokens: maybe(
    tokens,
    "the entry's own limit, else `max_tokens`",
    "Most tokens of each answer, picked for each call.",
    "50 to 200",
  ),
  exact_output: optional(
    boolean,
    false,
    "Ask for exactly that many tokens; only vLLM and similar servers support it, with `protocol: openai`.",
  ),
  shared_prefix: maybe(
    sharedPrefix,
    "none",
    "Begin prompts with the same words, for prefix caches: a number of tokens, or a map.",
    { tokens: 500, groups: 4 },
  ),
  history: optional(
    integer(0, 1_000),
    0,
    "Most earlier questions and answers in a user's chat; then a new chat begins. 0: each chat has one question.",
    8,
  ),
};

type Given = Partial<Decoded<typeof ORDER & typeof FIELD & typeof UNIQUE & typeof CHAT>> & {
  files: { value: InputFile[] | null; given: boolean };
};

function draft(given: Given, context: Context): InputsDraft {
  const { input_tokens } = given;
  if (input_tokens?.given && given.files.given) {
    const why =
      'Both "files" and "input_tokens" are given: prompts come either from files or from random words. Remove one';
    context.problems.add(input_tokens.at, input_tokens.path, why);
  }
  const plan: InputPlan = {
    field: given.field?.value ?? null,
    order: given.order?.value ?? "random",
    input_tokens: input_tokens?.value ?? null,
    output_tokens: given.output_tokens?.value ?? null,
    exact_output: given.exact_output?.value ?? false,
    shared_prefix: given.shared_prefix?.value ?? null,
    unique: given.unique?.value ?? false,
    history_turns: given.history?.value ?? 0,
  };
  const isDefault = JSON.stringify(plan) === JSON.stringify(DEFAULT_INPUT_PLAN);
  return { inputs: given.files.value ?? [], ...(isDefault ? {} : { input_plan: plan }) };
}

const files = (absent: string, example: string) => ({
  files: maybe(inputFiles, absent, "Files or folders.", example),
});

const simple: Shape<InputsDraft> = transform(inputFiles, (inputs) => ({ inputs }));

/** Prompts for a language model. */
export const prompts: Field<InputsDraft | null> = maybe(
  orMap(
    simple,
    transform(
      object({ ...files("built-in prompts", "prompts.jsonl"), ...FIELD, ...ORDER, ...UNIQUE, ...CHAT }),
      (given, _place, context) => draft(given, context),
    ),
  ),
  "built-in prompts",
  "Files or folders of prompts and chats: text, JSON, tables, traces. Or a map that says how to pick and shape them.",
  "prompts.txt",
);

/** Sentences for a speech synthesiser. */
export const texts: Field<InputsDraft | null> = maybe(
  orMap(
    simple,
    transform(
      object({ ...files("built-in sentences", "sentences.txt"), ...FIELD, ...ORDER, ...UNIQUE }),
      (given, _place, context) => draft(given, context),
    ),
  ),
  "built-in sentences",
  "Files or folders of sentences to speak: text, JSON, tables. Or a map that says how to pick and shape them.",
  "sentences.txt",
);

/** Clips for a speech recogniser. */
export const clips: Field<InputsDraft | null> = maybe(
  orMap(
    simple,
    transform(
      object({ ...files("built-in clips", "clips/"), ...ORDER }),
      (given, _place, context) => draft(given, context),
    ),
  ),
  "built-in clips",
  "WAV files, manifests (JSON, tables, `.trans.txt`) or folders of speech. Or a map that says how to pick them.",
  "clips/",
);
