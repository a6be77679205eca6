/** Messages and method paths of kserve.proto. Field meanings are in the .proto file. */
import text from "./kserve.proto" with { type: "text" };
import { type Codec, parseProto } from "./codec.ts";
import { type InferReplyReader, inferReplyReader } from "./infer_reply.ts";

const schema = parseProto(text, "inference");

/** Full name of the service. */
export const SERVICE = "inference.GRPCInferenceService";

/** Method paths. */
export const PATHS = {
  serverMetadata: `/${SERVICE}/ServerMetadata`,
  modelReady: `/${SERVICE}/ModelReady`,
  modelMetadata: `/${SERVICE}/ModelMetadata`,
  modelInfer: `/${SERVICE}/ModelInfer`,
  modelStreamInfer: `/${SERVICE}/ModelStreamInfer`,
  modelConfig: `/${SERVICE}/ModelConfig`,
  modelStatistics: `/${SERVICE}/ModelStatistics`,
  repositoryIndex: `/${SERVICE}/RepositoryIndex`,
} as const;

/** Names a model. Empty version: the server's choice. Empty name: all models, in requests that allow it. */
export interface ModelRequest {
  name: string;
  version: string;
}

/** The server's name and version. */
export interface ServerMetadataResponse {
  name: string;
  version: string;
}

/** Whether a model takes requests. */
export interface ModelReadyResponse {
  ready: boolean;
}

/** A model's tensors. */
export interface ModelMetadataResponse {
  name: string;
  versions: string[];
  platform: string;
  inputs: TensorMetadata[];
  outputs: TensorMetadata[];
}

/** One tensor of a model; -1 in `shape` is a dimension of any length. */
export interface TensorMetadata {
  name: string;
  datatype: string;
  shape: number[];
}

/** How a model is set up. */
export interface ModelConfigResponse {
  config: ModelConfig | null;
}

/** Part of a model's configuration. */
export interface ModelConfig {
  name: string;
  max_batch_size: number;
  input: { name: string; optional: boolean }[];
  model_transaction_policy: { decoupled: boolean } | null;
}

/** A parameter of a request or reply; the others of the three are at their defaults. */
export interface InferParameter {
  bool_param: boolean;
  int64_param: number;
  string_param: string;
}

/** One request to a model. */
export interface ModelInferRequest {
  model_name: string;
  model_version: string;
  id: string;
  parameters: { [key: string]: InferParameter };
  inputs: Tensor[];
  raw_input_contents: Uint8Array[];
}

/** A tensor of a request or reply. */
export interface Tensor {
  name: string;
  datatype: string;
  shape: number[];
  contents: TensorContents | null;
}

/** Values of a tensor whose contents are not raw. */
export interface TensorContents {
  int_contents: number[];
  int64_contents: number[];
  uint_contents: number[];
  uint64_contents: number[];
  bytes_contents: Uint8Array[];
}

/** One reply of a model. */
export interface ModelInferResponse {
  model_name: string;
  id: string;
  parameters: { [key: string]: InferParameter };
  outputs: Tensor[];
  raw_output_contents: Uint8Array[];
}

/** One message of a stream of replies. */
export interface ModelStreamInferResponse {
  error_message: string;
  infer_response: ModelInferResponse | null;
}

/** What the server counted, by model and version. */
export interface ModelStatisticsResponse {
  model_stats: ModelStatistics[];
}

/** Counters of one model since the server started. */
export interface ModelStatistics {
  name: string;
  version: string;
  inference_count: number;
  execution_count: number;
  inference_stats: InferStatistics | null;
}

/** Sums of times, by what they were spent on. */
export interface InferStatistics {
  success: StatisticDuration | null;
  fail: StatisticDuration | null;
  queue: StatisticDuration | null;
  compute_input: StatisticDuration | null;
  compute_infer: StatisticDuration | null;
  compute_output: StatisticDuration | null;
  cache_hit: StatisticDuration | null;
  cache_miss: StatisticDuration | null;
}

/** A count, and the sum of the times in nanoseconds. */
export interface StatisticDuration {
  count: number;
  ns: number;
}

/** Asks which models there are; `ready`: only those that take requests. */
export interface RepositoryIndexRequest {
  repository_name: string;
  ready: boolean;
}

/** The models there are, one entry a version. */
export interface RepositoryIndexResponse {
  models: { name: string; version: string; state: string; reason: string }[];
}

/** Codec of `ModelRequest`, whatever is asked of the model. */
export const ModelRequest: Codec<ModelRequest> = schema.message("ModelMetadataRequest");
/** Codec of `ServerMetadataResponse`; its request has no field. */
export const ServerMetadataResponse: Codec<ServerMetadataResponse> = schema.message("ServerMetadataResponse");
/** Codec of `ModelReadyResponse`. */
export const ModelReadyResponse: Codec<ModelReadyResponse> = schema.message("ModelReadyResponse");
/** Codec of `ModelMetadataResponse`. */
export const ModelMetadataResponse: Codec<ModelMetadataResponse> = schema.message("ModelMetadataResponse");
/** Codec of `ModelConfigResponse`. */
export const ModelConfigResponse: Codec<ModelConfigResponse> = schema.message("ModelConfigResponse");
/** Codec of `ModelInferRequest`. */
export const ModelInferRequest: Codec<ModelInferRequest> = schema.message("ModelInferRequest");
/** Codec of `ModelInferResponse`. */
export const ModelInferResponse: Codec<ModelInferResponse> = schema.message("ModelInferResponse");
/** Codec of `ModelStreamInferResponse`. */
export const ModelStreamInferResponse: Codec<ModelStreamInferResponse> = schema.message("ModelStreamInferResponse");
/** Codec of `TensorContents`. */
export const TensorContents: Codec<TensorContents> = schema.message("TensorContents");
/** Codec of `ModelStatisticsResponse`. */
export const ModelStatisticsResponse: Codec<ModelStatisticsResponse> = schema.message("ModelStatisticsResponse");
/** Codec of `RepositoryIndexRequest`. */
export const RepositoryIndexRequest: Codec<RepositoryIndexRequest> = schema.message("RepositoryIndexRequest");
/** Codec of `RepositoryIndexResponse`. */
export const RepositoryIndexResponse: Codec<RepositoryIndexResponse> = schema.message("RepositoryIndexResponse");

/** Reads `ModelStreamInferResponse` and `ModelInferResponse` in place. */
export const inferReplies: InferReplyReader = inferReplyReader(schema);
