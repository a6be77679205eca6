/** Opens any WebSocket service: messages and matching replies as the scenario defines them. */
import type { ServicePlan } from "../../plan/plan.ts";
import { connectSocket } from "../../transport/diagnose/connect_socket.ts";
import type { HttpHeaders } from "../../transport/http/channel.ts";
import { loadClips } from "../speech/clips.ts";
import type { OpenService } from "../driver.ts";
import { exchangeOf, templateOperation } from "../exchange/exchange.ts";
import { CONNECT_TIMEOUT_MS, proxyOptions, readTls } from "../core/open_service.ts";
import type { Template } from "../exchange/template.ts";
import type { TokenSource } from "../core/tokens.ts";
import { SocketCall, type SocketExchangeParts } from "./call.ts";
import { checkSocketHealth } from "./health.ts";
import { compileMessage, compileReply, type Outgoing } from "./message.ts";
import { Sessions } from "./sessions.ts";

/** An exchange, ready to be started. */
interface ReadyExchange {
  message: Template<Outgoing>;
  parts: SocketExchangeParts;
}

/**
 * Opens a WebSocket service; no socket is opened yet.
 * @param source of the tokens that handshakes carry; null: none
 * @throws {UserError} kind `input` for a TLS file that cannot be read, `config` for wrong placeholders and checks
 * @throws {TypeError} when its settings are not of WebSocket, which the plan's decoder rules out
 */
export async function openWebSocketService(
  service: ServicePlan,
  source: TokenSource | null = null,
): Promise<OpenService> {
  const { settings, address, timeout_ms } = service;
  if (settings?.protocol !== "websocket") throw new TypeError(`Service ${service.name} has no settings of WebSocket`);
  const tls = await readTls(service);
  const clips = await loadClips(service);
  const headers: HttpHeaders = service.metadata.map(({ key, value }) => [key.toLowerCase(), value] as const);
  const sessions = new Sessions(service, settings, tls, headers, source);
  const exchanges = new Map(settings.exchanges.map((exchange): [string, ReadyExchange] => [exchange.name, {
    message: compileMessage(exchange, clips),
    parts: { sessions, timeout_ms, judge: compileReply(exchange), speaks: exchange.send.kind === "clip" },
  }]));
  return {
    /** Only checks that a server listens: sessions belong to exchanges and users. */
    async connect() {
      await source?.ready();
      const options = {
        tls,
        proxy: proxyOptions(service),
        connect_timeout_ms: Math.min(CONNECT_TIMEOUT_MS, timeout_ms),
      };
      (await connectSocket(address, options, new AbortController().signal)).close();
    },
    operation: (task) => {
      const { message, parts } = exchangeOf(task, service, exchanges);
      return templateOperation(
        task.operation,
        true,
        (context, { marks, clock }) => new SocketCall(parts, context, message(context), marks).begin(clock),
      );
    },
    health: (limit_ms) => checkSocketHealth(sessions, limit_ms),
    stats: () => sessions.counts(),
    close: () => sessions.close(),
  };
}
