/** A request that cannot be answered as it was asked. */

/** Its status, and the reason in words for the user. */
export class HttpError extends Error {
  override readonly name = "HttpError";

  constructor(readonly status: number, message: string) {
    super(message);
  }
}
