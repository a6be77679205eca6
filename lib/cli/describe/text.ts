/** The output of `describe`: services, methods, fields, and scenario lines to call them. */
import { describeMethod, exchangeLines, type FieldDescription } from "../../driver/grpc/description.ts";
import type { DescribedService } from "../../driver/describe_server.ts";
import type { MethodType } from "../../driver/grpc/types.ts";
import type { TlsPlan } from "../../plan/plan.ts";

/** Every service with a line for each method. */
export function listLines(services: readonly DescribedService[]): string[] {
  return services.flatMap(({ name, methods, undescribed }) => {
    if (methods === null) return ["", name, "  (the server lists it but does not describe it)"];
    const rows = methods.map((method) => {
      const { call, request, reply } = describeMethod(method);
      return [method.name.slice(name.length + 1), call, `${request.type} -> ${reply.type}`];
    });
    return ["", name, ...columns(rows).map((row) => `  ${row}`), ...undescribed.map((why) => `  (${why})`)];
  });
}

/** A method with the fields of its request and its reply. */
export function methodLines(method: MethodType): string[] {
  const { name, call, request, reply } = describeMethod(method);
  return [
    "",
    `${name}  (${call})`,
    `  request ${request.type}`,
    ...fieldLines(request.fields),
    `  reply ${reply.type}`,
    ...fieldLines(reply.fields),
  ];
}

function fieldLines(fields: readonly FieldDescription[]): string[] {
  const rows: string[][] = [];
  const add = (list: readonly FieldDescription[], depth: number) => {
    for (const { name, type, oneof, values, fields } of list) {
      const notes = [
        ...(oneof === null ? [] : [`oneof ${oneof}`]),
        ...(values.length === 0 ? [] : [values.join(", ")]),
      ];
      rows.push([`${"  ".repeat(depth)}${name}`, type, notes.join("; ")]);
      add(fields, depth + 1);
    }
  };
  add(fields, 0);
  return rows.length === 0 ? ["    (no fields)"] : columns(rows).map((row) => `    ${row}`);
}

function columns(rows: readonly string[][]): string[] {
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd());
}

/** How the server was reached and where its descriptors came from, for the scenario lines. */
export interface Reached {
  address: string;
  tls: TlsPlan | null;
  /** Keys of the metadata that was sent, without values. */
  metadata: string[];
  protos: readonly string[];
  import_dirs: readonly string[];
  descriptor_set: string | null;
}

/** Lines of a scenario file that call the methods, each with an example of its request. */
export function snippetLines(methods: readonly MethodType[], reached: Reached): string[] {
  const [first] = methods;
  const service = first?.name.split("/")[0]?.split(".").at(-1) ?? "service";
  const key = service.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
  return [
    "services:",
    "  calls:",
    `    ${key}:`,
    ...[...reachedLines(reached), "exchanges:", ...methods.flatMap(exchangeLines)].map((line) => `      ${line}`),
  ];
}

function reachedLines({ address, tls, metadata, protos, import_dirs, descriptor_set }: Reached): string[] {
  const list = (name: string, items: readonly string[]) =>
    items.length === 0 ? [] : [`${name}: ${JSON.stringify(items)}`];
  return [
    "protocol: grpc",
    `host: ${JSON.stringify(address)}`,
    ...tlsLines(tls),
    ...(metadata.length === 0 ? [] : ["metadata:", ...metadata.map((name) => `  ${name}: \${${variableOf(name)}}`)]),
    ...list("protos", protos),
    ...list("import_dirs", import_dirs),
    ...(descriptor_set === null ? [] : [`descriptor_set: ${JSON.stringify(descriptor_set)}`]),
  ];
}

const variableOf = (name: string): string => name.toUpperCase().replace(/[^A-Z0-9]+/g, "_");

function tlsLines(tls: TlsPlan | null): string[] {
  if (tls === null) return [];
  const { ca_file, cert_file, key_file, server_name, insecure } = tls;
  const given = Object.entries({ ca: ca_file, cert: cert_file, key: key_file, server_name })
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`);
  if (insecure) given.push("  insecure: true");
  return given.length === 0 ? ["tls: true"] : ["tls:", ...given];
}
