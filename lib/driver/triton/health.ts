/** Checks a model before load: it exists, it accepts requests, and the scenario's tensors fit it. */
import * as kserve from "../../../proto/kserve.ts";
import { UserError } from "../../plan/errors.ts";
import type { ServicePlan } from "../../plan/plan.ts";
import type { Health } from "../driver.ts";
import { oneLine } from "../core/text.ts";
import type { Model, ModelReading } from "./model.ts";
import { textOutput } from "./outputs.ts";
import { inputTensors } from "./prepare.ts";
import { tritonSettings } from "./settings.ts";

/** The health of a model from its description: whether requests to it can be built. */
export function modelHealth(service: ServicePlan, reading: ModelReading): Health {
  if ("fault" in reading) return reading.fault;
  const { model } = reading;
  const asked = kserve.PATHS.modelMetadata.slice(1);
  try {
    inputTensors(service, model, true);
    textOutput(model, tritonSettings(service).text_output);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const remedy = "Change the service's model, tensors or text_output";
    return { state: "failed", asked, details: oneLine(error.message), remedy };
  }
  return { state: "serving", asked, details: oneLine(describe(model)) };
}

function describe({ name, versions, platform, decoupled, server }: Model): string {
  const version = versions.length === 0 ? "" : `version ${versions.join(" ")}`;
  const answers = decoupled ? "decoupled: answers piece by piece" : "not decoupled: answers come whole";
  return [`model ${name}`, version, platform, answers, server].filter((part) => part !== "").join(", ");
}
