/** Addresses of services. */
import { listedPlaces, readGrpcTarget } from "../../plan/grpc_target.ts";
import { type Context, type Read, scalar, type Shape } from "./shape.ts";
import { quote } from "../read/tree.ts";

const FORMS = '"host:port", "host", "[v6]:port" or "unix:/path"';
const HOST = /^[A-Za-z0-9_]([A-Za-z0-9._-]{0,251}[A-Za-z0-9_])?\.?$/;
const BRACKETED = /^\[([0-9A-Fa-f:.%A-Za-z]+)\](?::(.*))?$/;

/** `host:port`, `[v6]:port`, `unix:/path` or what gRPC's tools write; a host alone gets the service's own port. */
export function address(defaultPort: number): Shape<string> {
  return scalar({
    expected: `an address, ${FORMS} (port ${defaultPort} where none is given)`,
    schema: { type: "string" },
    read: (tree, context) => withinBounds(readAddress(tree.text.trim(), defaultPort), (address) => address, context),
  });
}

/** What was read, unless something would be sent to an address that the text may not name. */
export function withinBounds<T>(read: Read<T>, addressOf: (value: T) => string, { bounds }: Context): Read<T> {
  if (read === null || "error" in read) return read;
  const refused = bounds?.address(addressOf(read.value)) ?? null;
  return refused === null ? read : { error: refused };
}

/** Addresses with gRPC's schemes become plain ones, but for lists. */
function readAddress(text: string, defaultPort: number): Read<string> {
  const target = readGrpcTarget(text, defaultPort);
  if (target === null) return readPlain(text, defaultPort);
  if ("error" in target) return target;
  return listedPlaces(target.address) === null ? readPlain(target.address, defaultPort) : { value: target.address };
}

function readPlain(text: string, defaultPort: number): Read<string> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return { error: schemeFault(text, defaultPort) };
  if (text.startsWith("unix:")) {
    return text.startsWith("unix:/")
      ? { value: text }
      : { error: `The socket ${quote(text)} must be absolute, such as "unix:/run/stt.sock"` };
  }
  const bracketed = BRACKETED.exec(text);
  if (bracketed) return withPort(`[${bracketed[1]}]`, bracketed[2], text, defaultPort);
  if (/^:?\d+$/.test(text)) {
    return { error: `The address ${quote(text)} has only a port: did you mean "127.0.0.1:${text.replace(":", "")}"?` };
  }
  const [host, port, ...more] = text.split(":");
  if (more.length > 0) {
    return {
      error: `The address ${
        quote(text)
      } has several colons: write an IPv6 address in brackets, such as "[::1]:${defaultPort}"`,
    };
  }
  if (!HOST.test(host!)) return { error: `Cannot read the address ${quote(text)}: write ${FORMS}` };
  return withPort(host!, port, text, defaultPort);
}

function schemeFault(text: string, defaultPort: number): string {
  const rest = text.replace(/^[^:]*:\/\//, "").replace(/\/.*$/, "");
  const bare = /:\d+$/.test(rest) ? rest : `${rest}:${defaultPort}`;
  const tls = /^(https|grpcs)/i.test(text) ? " and set tls: true" : "";
  return `The address ${quote(text)} has a scheme, which gRPC does not use: write "${bare}"${tls}`;
}

function withPort(host: string, port: string | undefined, text: string, defaultPort: number): Read<string> {
  if (port === undefined) return { value: `${host}:${defaultPort}` };
  const value = Number(port);
  return /^\d{1,5}$/.test(port) && value >= 1 && value <= 65535
    ? { value: `${host}:${value}` }
    : { error: `The port in ${quote(text)} must be a number from 1 to 65535` };
}
