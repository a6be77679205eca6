/** Converts the plan's metadata for the transport. */
import { UserError } from "../../plan/errors.ts";
import type { ServicePlan } from "../../plan/plan.ts";
import type { Metadata, MetadataValue } from "../../transport/channel.ts";

/**
 * The metadata sent with every call to a service: keys in lower case, values of `-bin` keys as bytes.
 * @throws {UserError} kind `config` when the value of a `-bin` key is not base64; the message does not show the value
 */
export function serviceMetadata(service: ServicePlan): Metadata {
  return service.metadata.map(({ key, value }) => {
    const name = key.toLowerCase();
    return [name, name.endsWith("-bin") ? bytesOf(service, key, value) : value] as [string, MetadataValue];
  });
}

function bytesOf(service: ServicePlan, key: string, value: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(value);
  } catch {
    throw new UserError(
      "config",
      `Cannot read metadata "${key}" of service ${service.name}: the value of a -bin key must be base64`,
    );
  }
}
