import assert from "node:assert/strict";
import { faultsOf, fileWith, planOf } from "../helpers.ts";

const text = (host: string) => fileWith({ services: [`stt: { host: ${JSON.stringify(host)} }`] });
const address = (host: string) => planOf(text(host)).services[0]!.address;
const fault = (host: string) => faultsOf(text(host))[0]!.replace("load.yaml:7:18: services.grpc.stt.host: ", "");

Deno.test("loadScenario() completes addresses with the service's port", () => {
  const cases: [string, string][] = [
    ["stt.local", "stt.local:50052"],
    ["stt_1:7000", "stt_1:7000"],
    ["10.0.0.7", "10.0.0.7:50052"],
    ["[::1]", "[::1]:50052"],
    ["[fe80::1%eth0]:9", "[fe80::1%eth0]:9"],
    ["unix:/run/stt.sock", "unix:/run/stt.sock"],
    [" host:1 ", "host:1"],
    ["dns:///llm.example.net:50051", "llm.example.net:50051"],
    ["dns:///llm.example.net", "llm.example.net:50052"],
    ["passthrough:///[::1]:9", "[::1]:9"],
    ["unix:///run/stt.sock", "unix:/run/stt.sock"],
    ["ipv4:10.0.0.7", "10.0.0.7:50052"],
    ["ipv4:10.0.0.7:1,10.0.0.8", "ipv4:10.0.0.7:1,10.0.0.8:50052"],
  ];
  for (const [host, wanted] of cases) assert.equal(address(host), wanted);
});

Deno.test("loadScenario() refuses addresses and says what to write", () => {
  const cases: [string, string][] = [
    ["http://stt:1", 'The address "http://stt:1" has a scheme, which gRPC does not use: write "stt:1"'],
    [
      "https://stt/x",
      'The address "https://stt/x" has a scheme, which gRPC does not use: write "stt:50052" and set tls: true',
    ],
    ["50052", 'The address "50052" has only a port: did you mean "127.0.0.1:50052"?'],
    [":50052", 'The address ":50052" has only a port: did you mean "127.0.0.1:50052"?'],
    ["::1", 'The address "::1" has several colons: write an IPv6 address in brackets, such as "[::1]:50052"'],
    ["stt:0", 'The port in "stt:0" must be a number from 1 to 65535'],
    ["stt:65536", 'The port in "stt:65536" must be a number from 1 to 65535'],
    ["stt:http", 'The port in "stt:http" must be a number from 1 to 65535'],
    ["[::1]:", 'The port in "[::1]:" must be a number from 1 to 65535'],
    ["a b", 'Cannot read the address "a b": write "host:port", "host", "[v6]:port" or "unix:/path"'],
    ["", 'Cannot read the address "": write "host:port", "host", "[v6]:port" or "unix:/path"'],
    [
      "dns://9.9.9.9/stt:1",
      '"dns://9.9.9.9/stt:1" names the DNS server "9.9.9.9", and june-load asks the system\'s: write "stt:1"',
    ],
    ["unix:run/x", 'The socket "unix:run/x" must be absolute, such as "unix:/run/stt.sock"'],
  ];
  for (const [host, message] of cases) assert.equal(fault(host), message);
});
