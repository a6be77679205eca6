/** Opens any HTTP service: requests as the scenario defines them. */
import { errorText } from "../../base/errors.ts";
import { readRegularFile } from "../../base/regular_file.ts";
import { UserError } from "../../plan/errors.ts";
import type { ServicePlan } from "../../plan/plan.ts";
import type { RestExchange, RestSettings } from "../../plan/protocols.ts";
import type { HttpChannel, HttpHeaders, HttpRequest } from "../../transport/http/channel.ts";
import { compileChecks } from "../exchange/checks.ts";
import { loadClips, speaksIn } from "../speech/clips.ts";
import type { OpenService } from "../driver.ts";
import { exchangeOf, templateOperation } from "../exchange/exchange.ts";
import { openHttpService } from "../http/service.ts";
import type { TokenSource } from "../core/tokens.ts";
import type { Template } from "../exchange/template.ts";
import { RestCall, type RestExchangeParts } from "./call.ts";
import { checkRestHealth } from "./health.ts";
import { Login } from "./login.ts";
import { checkSendable, compilePath, compileRequest, filesOf, type Material, withQuery } from "./request.ts";

/** An exchange, ready to be started. */
interface ReadyExchange {
  request: Template<HttpRequest>;
  parts: RestExchangeParts;
}

/**
 * Opens any HTTP service.
 * @param source of the tokens that requests carry; null: none
 * @throws {UserError} kind `input` for a file that cannot be read, `config` for requests that cannot be sent
 * @throws {TypeError} when its settings are not of REST, which the plan's decoder rules out
 */
export async function openRest(service: ServicePlan, source: TokenSource | null = null): Promise<OpenService> {
  const { settings } = service;
  if (settings?.protocol !== "rest") throw new TypeError(`Service ${service.name} has no settings of REST`);
  const { base_path } = settings;
  const material = await readMaterial(service, settings.exchanges);
  const channel = await openHttpService(service, settings.http_version, source);
  const headers: HttpHeaders = service.metadata.map(({ key, value }) => [key.toLowerCase(), value] as const);
  const exchanges = readyExchanges(service, settings, channel, headers, material);
  return {
    connect: () => channel.connect(),
    operation: (task) => {
      const { request, parts } = exchangeOf(task, service, exchanges);
      return templateOperation(
        task.operation,
        false,
        (context, { marks, clock }) => new RestCall(parts, request(context), context, clock, marks).begin(),
      );
    },
    health: (timeout_ms) => checkRestHealth(channel, base_path, headers, timeout_ms, haveOwnKeys(settings)),
    stats: () => channel.stats(),
    close: () => channel.close(),
  };
}

function readyExchanges(
  service: ServicePlan,
  settings: RestSettings,
  channel: HttpChannel,
  headers: HttpHeaders,
  material: Material,
): Map<string, ReadyExchange> {
  const { timeout_ms } = service;
  const { base_path, query, exchanges } = settings;
  const loginPath = settings.login_path === null ? null : withQuery(base_path + settings.login_path, query);
  if (loginPath !== null) checkSendable("the login", "POST", loginPath, headers);
  const login = loginPath === null ? null : new Login(channel, compilePath(loginPath), headers, timeout_ms);
  const shared = { channel, timeout_ms };
  return new Map(exchanges.map((exchange) => {
    const { checks, statuses, requires_auth } = exchange;
    return [exchange.name, {
      request: compileRequest(exchange, settings, headers, material),
      parts: {
        ...shared,
        login: requires_auth ? login : null,
        isExpected: statuses.length === 0 ? isSuccess : (status) => statuses.includes(status),
        judge: checks.length === 0 ? null : compileChecks(checks),
        speaks: speaksIn(exchange),
      },
    }];
  }));
}

/** A login, or headers of single exchanges. */
const haveOwnKeys = ({ login_path, exchanges }: RestSettings): boolean =>
  login_path !== null || exchanges.some(({ headers }) => headers.length > 0);

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

async function readMaterial(service: ServicePlan, exchanges: readonly RestExchange[]): Promise<Material> {
  const paths = [...new Set(exchanges.flatMap(filesOf))];
  const files = await Promise.all(paths.map(async (path) => [path, await readFile(path)] as const));
  return { files: new Map(files), clips: await loadClips(service) };
}

/** Largest body from a file; bytes. Every worker keeps it. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

async function readFile(path: string): Promise<Uint8Array> {
  try {
    return await readRegularFile(path, MAX_BODY_BYTES);
  } catch (error) {
    throw new UserError("input", `Cannot read "${path}" (the body of a request): ${errorText(error)}`);
  }
}
