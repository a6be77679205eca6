/** Tokens for users of the gateway, kept in memory. */
import { fieldsOf, Refused, textField } from "./gateway_input.ts";

const MAX_NAME_CHARACTERS = 200;

/** Tokens of one gateway. */
export class GatewayTokens {
  readonly #access = new Map<string, string>();
  readonly #refresh = new Map<string, string>();

  /** The user of a request's token; null without a valid one. */
  userOf(request: Request): string | null {
    return this.#access.get(bearerOf(request)) ?? null;
  }

  /**
   * The user of a request that must have a token.
   * @throws {Refused} 401 without a valid one
   */
  requireUser(request: Request): string {
    const user = this.userOf(request);
    if (user !== null) return user;
    throw new Refused(401, bearerOf(request) === "" ? "Not authenticated" : "Invalid or expired token");
  }

  /**
   * Answers `POST /auth/token?user_id=`.
   * @throws {Refused} 422 without a user
   */
  tokenFor(request: Request): { access_token: string; token_type: string } {
    const user = new URL(request.url).searchParams.get("user_id") ?? "";
    if (user === "") throw new Refused(422, "user_id: field required");
    return { access_token: this.#make(this.#access, user), token_type: "bearer" };
  }

  /**
   * Answers `POST /auth/login`; it accepts any password.
   * @throws {Refused} 422 for a body with a missing field
   */
  async login(request: Request): Promise<{ access_token: string; refresh_token: string; token_type: string }> {
    const fields = fieldsOf(await request.text());
    textField(fields, "username", MAX_NAME_CHARACTERS);
    textField(fields, "password", MAX_NAME_CHARACTERS);
    return this.#both(textField(fields, "user_id", MAX_NAME_CHARACTERS));
  }

  /**
   * Answers `POST /auth/refresh`: returns two new tokens.
   * @throws {Refused} 401 for a refresh token that is not known
   */
  async refresh(request: Request): Promise<{ access_token: string; refresh_token: string; token_type: string }> {
    const token = textField(fieldsOf(await request.text()), "refresh_token", MAX_NAME_CHARACTERS);
    const user = this.#refresh.get(token);
    if (user === undefined) throw new Refused(401, "Invalid or expired refresh token");
    this.#refresh.delete(token);
    return this.#both(user);
  }

  /**
   * Answers `POST /auth/logout`: the token becomes invalid.
   * @throws {Refused} 401 without a valid token
   */
  logout(request: Request): { message: string } {
    this.requireUser(request);
    this.#access.delete(bearerOf(request));
    return { message: "Logged out" };
  }

  #both(user: string) {
    const access_token = this.#make(this.#access, user);
    return { access_token, refresh_token: this.#make(this.#refresh, user), token_type: "bearer" };
  }

  #make(tokens: Map<string, string>, user: string): string {
    const token = crypto.randomUUID();
    tokens.set(token, user);
    return token;
  }
}

function bearerOf(request: Request): string {
  return /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
}
