// One call per iteration over k6's own gRPC client. Environment: ADDRESS, STREAM, REQUEST, SCENARIO, PROTO.
import grpc from "k6/net/grpc";
import { Counter } from "k6/metrics";

export const options = { scenarios: { bench: JSON.parse(__ENV.SCENARIO) }, summaryTrendStats: ["p(50)"] };
const client = new grpc.Client();
client.load([__ENV.PROTO], "llm.proto");
const messages = new Counter("messages");
const request = JSON.parse(__ENV.REQUEST);
let connected = false;

export default function () {
  if (!connected) client.connect(__ENV.ADDRESS, { plaintext: true });
  connected = true;
  if (__ENV.STREAM === "") {
    const reply = client.invoke("june.llm.LLMInference/Generate", request);
    if (reply.status !== grpc.StatusOK) throw new Error(`status ${reply.status}`);
    return;
  }
  const stream = new grpc.Stream(client, "june.llm.LLMInference/GenerateStream");
  let seen = 0;
  stream.on("data", () => seen++);
  stream.on("error", (error) => {
    throw new Error(JSON.stringify(error));
  });
  stream.on("end", () => messages.add(seen));
  stream.write(request);
  stream.end();
}

export function handleSummary({ metrics, state }) {
  const told = {
    calls: metrics.iterations.values.count,
    messages: metrics.messages ? metrics.messages.values.count : 0,
    seconds: state.testRunDurationMs / 1000,
    p50_ms: metrics.grpc_req_duration ? metrics.grpc_req_duration.values["p(50)"] : 0,
  };
  return { stdout: JSON.stringify(told) };
}
