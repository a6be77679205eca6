/** Messages for each way a proxy can fail. */
import { errorText } from "../../base/errors.ts";
import { ConnectError } from "../channel.ts";
import { fault } from "../faults.ts";
import { localShortage, socketErrorKind } from "../outside_errors.ts";
import type { Tunnel } from "../target.ts";

const WRITE_IT = 'Write a user and a password in the proxy\'s URL: "http://user:password@host:port".';

/** The operating system's message, without its number. */
function plainWords(error: unknown): string {
  if (socketErrorKind(error) === "refused") return "the connection was refused";
  const words = errorText(error);
  return words.replace(/ \(os error \d+\)/, "");
}

/** Builds the error for each cause. */
export const proxyFault = {
  /** @param error the operating system's error, or a text without the address */
  unreachable({ target, proxy }: Tunnel, error: unknown) {
    const errno = localShortage(error);
    if (errno !== null) return fault.shortage(proxy.address, errno);
    return new ConnectError(
      "proxy",
      `Cannot reach the proxy "${proxy.address}" on the way to "${target}": ${plainWords(error)}`,
      "Start the proxy, or correct or remove the key proxy of the service.",
    );
  },
  notHttp: ({ target, proxy }: Tunnel) =>
    new ConnectError(
      "proxy",
      `"${proxy.address}", the proxy on the way to "${target}", does not answer as an HTTP proxy does`,
      "Correct the address of the proxy.",
    ),
  olderDeno: ({ target, proxy }: Tunnel) =>
    new ConnectError(
      "proxy",
      `june-load on Deno ${Deno.version.deno} cannot show a client certificate or leave a certificate unchecked through ` +
        `a proxy ("${proxy.address}" on the way to "${target}")`,
      "Use a june-load that is built with Deno 2.9, or have the certificate checked against its CA.",
    ),
  closed: ({ target, proxy }: Tunnel) =>
    new ConnectError(
      "proxy",
      `The proxy "${proxy.address}" hung up when it was asked to connect to "${target}"`,
      "Look at the proxy's log.",
    ),
  refuses(tunnel: Tunnel, status: number) {
    const { target, proxy } = tunnel;
    if (status === 407) {
      const [says, remedy] = proxy.authorization === null
        ? ["wants a user and a password", WRITE_IT]
        : ["does not accept our user and password", "Correct the user and the password in the proxy's URL."];
      return new ConnectError(
        "proxy",
        `The proxy "${proxy.address}" ${says} to connect to "${target}" (HTTP 407)`,
        remedy,
      );
    }
    const remedy = status >= 500
      ? "Check that the service listens there, and that the proxy can reach it."
      : "Check that the proxy may connect to that address and port.";
    return new ConnectError(
      "proxy",
      `The proxy "${proxy.address}" does not connect to "${target}": HTTP ${status}`,
      remedy,
    );
  },
};
