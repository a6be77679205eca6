/** `june-load describe TARGET [SERVICE|METHOD]`: the methods of a gRPC server. */
import { buildCommand } from "@stricli/core";
import type { describeMethod } from "../../driver/grpc/description.ts";
import type { Types } from "../../driver/grpc/types.ts";
import { UserError } from "../../plan/errors.ts";
import { readGrpcTarget } from "../../plan/grpc_target.ts";
import { nearestWord } from "../../plan/nearest.ts";
import type { ServicePlan, TlsPlan } from "../../plan/plan.ts";
import { type CliContext, say, warn } from "../context.ts";
import type { DescribedService } from "../../driver/describe_server.ts";
import type { Reached } from "./text.ts";
import { switchFlag, textFlag, textsFlag } from "../flag_kinds.ts";

/** gRPC's port for an address without one. */
const GRPC_PORT = 443;

interface DescribeFlags {
  proto?: string[];
  importDir?: string[];
  descriptorSet?: string;
  tls?: boolean;
  ca?: string;
  cert?: string;
  key?: string;
  serverName?: string;
  insecure?: boolean;
  metadata?: string[];
  json?: boolean;
}

/** Lists a server's services, methods and messages, with scenario lines to call them. */
export const describeCommand = buildCommand<DescribeFlags, [string?, string?], CliContext>({
  async func(flags, first, second) {
    if (flags.insecure === true) warn(this, "warning: the server's certificate is NOT checked (--insecure)");
    const { target, name } = argumentsOf(flags, first, second);
    const service = target === null ? null : serviceOf(target, flags);
    const described = service === null ? await fromFiles(flags) : await fromServer(service, flags, name);
    const reached: Reached = {
      address: service?.address ?? "HOST:PORT",
      tls: service?.tls ?? null,
      metadata: service?.metadata.map(({ key }) => key) ?? [],
      protos: flags.proto ?? [],
      import_dirs: flags.importDir ?? [],
      descriptor_set: flags.descriptorSet ?? null,
    };
    const chosen = choose(described, name);
    // Loaded late: no other command needs them.
    const { describeMethod } = await import("../../driver/grpc/description.ts");
    if (flags.json === true) return say(this, jsonOf(chosen, describeMethod));
    const { listLines, methodLines, snippetLines } = await import("./text.ts");
    for (const line of chosen.listed ? listLines(chosen.services) : chosen.methods.flatMap(methodLines)) {
      say(this, line);
    }
    if (chosen.methods.length === 0) return;
    if (chosen.listed) {
      return say(this, "\nAdd the name of a service or a method to see its fields and scenario lines.");
    }
    say(this, "\nIn a scenario file:\n");
    for (const line of snippetLines(chosen.methods, reached)) say(this, line);
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        { brief: "Address of the server, HOST:PORT", parse: String, placeholder: "target", optional: true },
        { brief: "A service, or a method as SERVICE/METHOD", parse: String, placeholder: "name", optional: true },
      ],
    },
    flags: {
      proto: textsFlag("Read .proto files instead of asking the server", "file"),
      importDir: textsFlag("Folder that imports of --proto are looked up in", "dir"),
      descriptorSet: textFlag("Read a descriptor set instead (protoc --include_imports --descriptor_set_out)", "file"),
      tls: switchFlag("Connect with TLS"),
      ca: textFlag("Certificate authorities to trust, PEM; implies --tls", "file"),
      cert: textFlag("The client certificate, PEM", "file"),
      key: textFlag("The client's private key, PEM", "file"),
      serverName: textFlag("Name that the server's certificate must have", "name"),
      insecure: switchFlag("Accept any certificate; for tests only"),
      metadata: textsFlag('Metadata of every request, e.g. --metadata "authorization=Bearer $TOKEN"', "key=value"),
      json: switchFlag("Print JSON"),
    },
  },
  docs: {
    customUsage: ["<target> [<name>]", "--proto FILE [<name>]"],
    brief: "List a gRPC server's services, methods and fields, with scenario lines to call them",
    fullDescription: [
      "Lists a gRPC server's services, methods and fields, from its reflection or from .proto files, with the scenario lines",
      "that call them. Ends with 2 when the server has no reflection or no such service, with 3 when it cannot be reached.",
      "",
      "  june-load describe localhost:50051",
      "  june-load describe localhost:50051 shop.v1.Shop/Order",
      "  june-load describe --proto shop.proto shop.v1.Shop",
    ].join("\n"),
  },
});

const hasFiles = ({ proto, descriptorSet }: DescribeFlags): boolean =>
  proto !== undefined || descriptorSet !== undefined;

/** With files, no server is contacted; an address before the name then only goes into the scenario lines. */
function argumentsOf(flags: DescribeFlags, first: string | undefined, second: string | undefined) {
  if (flags.proto !== undefined && flags.descriptorSet !== undefined) {
    throw new UserError("usage", "Give --proto or --descriptor-set, not both");
  }
  const isAddress = first !== undefined &&
    (/:\d+$/.test(first) || /^(unix|dns|passthrough|ipv[46]):/.test(first) || first.includes("://"));
  if (hasFiles(flags) && second === undefined && !isAddress) return { target: null, name: first ?? null };
  if (first === undefined) {
    throw new UserError(
      "usage",
      "No server is given: use e.g. june-load describe localhost:50051 (or read files with --proto)",
    );
  }
  return { target: first, name: second ?? null };
}

/** The server as a service of a plan. */
function serviceOf(given: string, flags: DescribeFlags): ServicePlan {
  const read = readGrpcTarget(given, GRPC_PORT);
  if (read !== null && "error" in read) throw new UserError("usage", read.error);
  const target = read?.address ?? given;
  const [, scheme = "", rest = ""] = /^(?:(\w+):\/\/)?(.*)$/s.exec(target) ?? [];
  const secure = /^(https|grpcs)$/i.test(scheme);
  if (scheme !== "" && !secure && !/^(http|grpc)$/i.test(scheme)) {
    throw new UserError("usage", `Cannot read the address "${target}": write it as HOST:PORT`);
  }
  const address = rest.replace(/\/$/, "");
  return {
    name: address,
    kind: "call",
    protocol: "grpc",
    settings: null,
    address,
    connections: 1,
    timeout_ms: TIMEOUT_MS,
    transparent_retry: true,
    metadata: (flags.metadata ?? []).map(parseMetadata),
    tls: tlsOf(flags, secure),
    inputs: [],
    options: { kind: "call" },
  };
}

/** Longest time for each request to the server; milliseconds. */
const TIMEOUT_MS = 10_000;

function parseMetadata(item: string): { key: string; value: string } {
  const at = item.indexOf("=");
  // The text may be a secret, so the message does not show it.
  if (at <= 0) throw new UserError("usage", "--metadata: write KEY=VALUE, such as authorization=...");
  return { key: item.slice(0, at), value: item.slice(at + 1) };
}

function tlsOf(flags: DescribeFlags, secure: boolean): TlsPlan | null {
  const { ca = null, cert = null, key = null, serverName = null, insecure = false, tls = false } = flags;
  if ((cert === null) !== (key === null)) throw new UserError("usage", "--cert and --key need each other: give both");
  if (insecure && ca !== null) {
    throw new UserError("usage", "--insecure accepts any certificate: remove --ca or --insecure");
  }
  if (!tls && !secure && !insecure && [ca, cert, serverName].every((value) => value === null)) return null;
  return { ca_file: ca, cert_file: cert, key_file: key, server_name: serverName, insecure, pinned_sha256: null };
}

async function typesOfFiles({ proto, importDir, descriptorSet }: DescribeFlags): Promise<Types | null> {
  const { typesFromFiles } = await import("../../driver/grpc/descriptors.ts");
  if (descriptorSet !== undefined) return await typesFromFiles({ kind: "set", file: descriptorSet });
  const absolute = await Promise.all((proto ?? []).map((path) => Deno.realPath(path).catch(() => path)));
  return await typesFromFiles({ kind: "proto", files: absolute, import_dirs: importDir ?? [] });
}

async function fromFiles(flags: DescribeFlags): Promise<DescribedService[]> {
  const types = await typesOfFiles(flags);
  const { describedService } = await import("../../driver/describe_server.ts");
  return types?.services().map((name) => describedService(types, name)) ?? [];
}

async function fromServer(
  service: ServicePlan,
  flags: DescribeFlags,
  name: string | null,
): Promise<DescribedService[]> {
  if (hasFiles(flags)) return await fromFiles(flags);
  const { askServer } = await import("../../driver/describe_server.ts");
  return await askServer(service, name);
}

interface Chosen {
  services: readonly DescribedService[];
  methods: DescribedService["methods"] & object;
  /** No name was given: everything is listed, without fields. */
  listed: boolean;
}

/** Finds what the name selects: everything without a name, a service or a method, with or without its package. */
function choose(services: readonly DescribedService[], name: string | null): Chosen {
  const all = services.flatMap(({ methods }) => methods ?? []);
  if (name === null) return { services, methods: all, listed: true };
  const fits = (full: string) => full === name || full.endsWith(`.${name}`);
  const named = services.filter((service) => fits(service.name));
  const methods = named.flatMap((service) => service.methods ?? []);
  if (methods.length > 0) return { services: named, methods, listed: false };
  const [lost] = named.flatMap(({ undescribed }) => undescribed);
  if (lost !== undefined) throw new UserError("config", `Cannot describe "${name}": ${lost}`);
  const slashed = name.replace(/^\//, "");
  const found = all.filter(({ name: full }) =>
    [full, full.replace("/", ".")].some((one) => one === slashed || one.endsWith(`.${slashed}`))
  );
  if (found.length > 0) return { services: [], methods: found, listed: false };
  const known = [...services.map((service) => service.name), ...all.map((method) => method.name)];
  const near = nearestWord(name, known);
  const hint = near === null
    ? `there is ${services.map((service) => service.name).join(", ")}`
    : `did you mean "${near}"?`;
  throw new UserError("config", `No service or method is called "${name}"; ${hint}`);
}

function jsonOf({ services, methods, listed }: Chosen, describe: typeof describeMethod): string {
  const of = listed
    ? services.map(({ name, methods, undescribed }) => ({
      name,
      methods: methods?.map(describe) ?? null,
      ...undescribed.length > 0 && { undescribed },
    }))
    : [...Map.groupBy(methods, ({ name }) => name.split("/")[0] ?? "")].map(([name, list]) => ({
      name,
      methods: list.map(describe),
    }));
  return JSON.stringify({ services: of }, null, 2);
}
