/** Kinds of flags, in the form of the command line library. */

/** A flag with a text value. */
export const textFlag = (brief: string, placeholder: string) =>
  ({ kind: "parsed", parse: String, optional: true, brief, placeholder }) as const;

/** A flag with a text value that may be repeated. */
export const textsFlag = (brief: string, placeholder: string) =>
  ({ kind: "parsed", parse: String, optional: true, variadic: true, brief, placeholder }) as const;

/** A flag without a value. */
export const switchFlag = (brief: string) => ({ kind: "boolean", optional: true, withNegated: false, brief }) as const;

/** A flag, as far as its value goes. */
type Flag =
  | { readonly kind: "boolean"; readonly default?: boolean }
  | { readonly kind: "parsed"; readonly variadic?: true }
  | { readonly kind: "enum"; readonly values: readonly string[] };

type ValueOf<F extends Flag> = F extends { kind: "boolean" } ? boolean
  : F extends { kind: "enum"; values: readonly (infer Word)[] } ? Word
  : F extends { variadic: true } ? string[]
  : string;

/** The values of flags, by their descriptions; those with a default are always there. */
export type FlagValues<Flags extends Readonly<Record<string, Flag>>> =
  & { [Name in keyof Flags as Flags[Name] extends { default: unknown } ? Name : never]: ValueOf<Flags[Name]> }
  & { [Name in keyof Flags as Flags[Name] extends { default: unknown } ? never : Name]?: ValueOf<Flags[Name]> };
