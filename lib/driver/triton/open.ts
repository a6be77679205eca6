/** Opens a language model on Triton, or on any server that speaks KServe v2 over gRPC. */
import { PATHS } from "../../../proto/kserve.ts";
import { UserError } from "../../plan/errors.ts";
import type { ServicePlan } from "../../plan/plan.ts";
import type { OpenChannel } from "../../transport/channel.ts";
import type { Health, OpenService } from "../driver.ts";
import { grpcService } from "../rpc/service.ts";
import { serviceMetadata } from "../rpc/metadata.ts";
import { openService } from "../core/open_service.ts";
import { askOver } from "../rpc/standard_health.ts";
import { modelHealth } from "./health.ts";
import { type ModelReading, readModel } from "./model.ts";
import { prepareTriton } from "./prepare.ts";
import { tritonSettings } from "./settings.ts";
import { SharedStreams } from "./shared_stream.ts";
import { readStatistics } from "./statistics.ts";

/** Deadline of each request about the model; milliseconds. */
const ASK_TIMEOUT_MS = 5000;

/**
 * Opens a model; `connect` also reads its tensors, which its tasks need.
 * @throws {UserError} kind `input` for a TLS file that cannot be read
 */
export async function openTriton(service: ServicePlan, open: OpenChannel): Promise<OpenService> {
  const settings = tritonSettings(service);
  const channel = await openService(service, open);
  const ask = (timeout_ms: number) => askOver(channel, serviceMetadata(service), timeout_ms);
  let reading: ModelReading | null = null;
  const model = () => {
    if (reading === null) throw new TypeError(`Service ${service.name} is not connected`);
    if ("model" in reading) return reading.model;
    const { details, remedy } = reading.fault;
    const told = `Service ${service.name}: ${details}`;
    throw new UserError("unreachable", remedy === undefined ? told : `${told}. ${remedy}`);
  };
  let streams: SharedStreams | null = null;
  const shared = () => {
    const spec = { path: PATHS.modelStreamInfer, request_stream: true, reply_stream: true };
    const metadata = serviceMetadata(service);
    return streams ??= new SharedStreams(channel.method({ ...spec, metadata }), service.connections);
  };
  const base = grpcService(channel, {
    operation: (task, inputs) => prepareTriton(task, { plan: service, channel, model, shared }, inputs),
    async health(timeout_ms): Promise<Health> {
      reading = await readModel(ask(timeout_ms), settings);
      return modelHealth(service, reading);
    },
  });
  return {
    ...base,
    async connect() {
      await base.connect();
      reading = await readModel(ask(Math.min(ASK_TIMEOUT_MS, service.timeout_ms)), settings);
    },
    serverStatistics: () => readStatistics(ask(ASK_TIMEOUT_MS)),
  };
}
