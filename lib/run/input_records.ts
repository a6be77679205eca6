/** The result's records of the inputs. */
import type { InputIndexes } from "../pool/prepare.ts";
import type { InputRecord } from "../result/record.ts";

/** One record for each input file or folder of the plan. */
export function inputRecords(indexes: InputIndexes): InputRecord[] {
  return Object.entries(indexes).flatMap(([service, { files }]) => {
    const records = new Map<string, InputRecord>();
    for (const { named: { path }, entries, bytes } of files) {
      const record = records.get(path) ?? { service, path, files: 0, entries: 0, bytes: 0 };
      records.set(path, {
        ...record,
        files: record.files + 1,
        entries: record.entries + entries,
        bytes: record.bytes + bytes,
      });
    }
    return [...records.values()];
  });
}
