/** Removes secrets from every text of a service, whoever quotes them: all text of a server passes through here. */
import { UserError } from "../../plan/errors.ts";
import { ConnectError } from "../../transport/channel.ts";
import { CLIENT_CERTIFICATE_WANTED } from "../../transport/faults.ts";
import type { Credentials } from "./credentials.ts";
import type { Health, OpenService } from "../driver.ts";
import type { Secrets } from "./secrets.ts";

/** The service with secrets removed from its errors. It also closes the source of its tokens. */
export function redactedService(service: OpenService, { source, secrets }: Credentials): OpenService {
  const { serverStatistics, trial } = service;
  return {
    connect: () => redacted(secrets, () => service.connect()),
    operation(task, inputs) {
      try {
        return service.operation(task, inputs);
      } catch (error) {
        throw withoutSecrets(error, secrets);
      }
    },
    async health(timeout_ms) {
      const health = await service.health(timeout_ms);
      // With TLS 1.3 a server asks for a certificate after the handshake, so only the first request learns of it.
      const wanting = health.remedy === undefined && health.fault === "certificate_wanted";
      return hidden({ ...health, ...(wanting && { remedy: CLIENT_CERTIFICATE_WANTED }) }, secrets);
    },
    ...(trial !== undefined && {
      async trial(well, timeout_ms) {
        return hidden(await trial(well, timeout_ms), secrets);
      },
    }),
    stats: () => service.stats(),
    ...(serverStatistics !== undefined && {
      async serverStatistics() {
        // A caller that only reads these has not connected and has no token yet. If one is needed, the server says so.
        await source?.ready().catch(() => {});
        const models = await serverStatistics();
        return models?.map((one) => ({ ...one, model: secrets.hide(one.model) })) ?? null;
      },
    }),
    hide: (text, use) => secrets.hide(text, use),
    async close() {
      await service.close();
      await source?.close();
    },
  };
}

/** A health whose words, and what to do about them, may quote the server. */
function hidden(health: Health, secrets: Secrets): Health {
  const { details, remedy } = health;
  return {
    ...health,
    details: secrets.hide(details),
    ...(remedy !== undefined && { remedy: secrets.hide(remedy) }),
  };
}

/** Waits for `work` and removes secrets from its errors. */
export async function redacted<Value>(secrets: Secrets, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw withoutSecrets(error, secrets);
  }
}

function withoutSecrets(error: unknown, secrets: Secrets): unknown {
  if (!(error instanceof Error)) return error;
  const message = secrets.hide(error.message);
  if (message === error.message) return error;
  if (error instanceof ConnectError) return new ConnectError(error.fault, message, error.remedy);
  if (error instanceof UserError) return new UserError(error.kind, message);
  return new Error(message);
}
