/** Saved runs, and the forms of their reports. */
import type { Plan } from "../../plan/plan.ts";
import type { ReportView } from "../../ui/web/api.ts";

/** The report of a run. */
export function reportOf(id: string, _plan: Plan): ReportView {
  return { html: `/reports/${id}/report.html`, forms: [] };
}
