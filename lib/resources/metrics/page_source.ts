/** Where pages of metrics come from: over HTTP, or whatever else can bring one. */

/** A page, or why there is none. */
export type PageReply =
  | { readonly kind: "page"; readonly text: string }
  /** A clause for people, such as `it does not answer within 2 s`. */
  | { readonly kind: "failed"; readonly why: string };

/** Brings the pages of one server. */
export interface PageSource {
  /** Resolves within the source's own limits on time and size, also when `close` is called meanwhile. Never rejects. */
  get(): Promise<PageReply>;
  /** Ends a request that is under way. No page follows. */
  close(): Promise<void>;
}
