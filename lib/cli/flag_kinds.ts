/** Flags as the command line library wants them described. */

/** A flag with a text after it. */
export const textFlag = (brief: string, placeholder: string) =>
  ({ kind: "parsed", parse: String, optional: true, brief, placeholder }) as const;

/** The same, given any number of times. */
export const textsFlag = (brief: string, placeholder: string) =>
  ({ kind: "parsed", parse: String, optional: true, variadic: true, brief, placeholder }) as const;

/** A flag that stands alone. */
export const switchFlag = (brief: string) => ({ kind: "boolean", optional: true, withNegated: false, brief }) as const;
