/** The result's records of the inputs. */
import type { InputIndexes } from "../pool/prepare.ts";
import type { InputRecord } from "../result/record.ts";

/** One record for each input file or folder of the plan. */
export function inputRecords(indexes: InputIndexes): InputRecord[] {
  return Object.entries(indexes).flatMap(([service, { files, notes }]) => {
    const records = new Map<string, InputRecord>();
    for (const { named: { path }, path: own, entries, bytes } of files) {
      const record = records.get(path) ?? { service, path, files: 0, entries: 0, bytes: 0 };
      const here = notes.filter((note) => note.kind === "unused" && note.path === own).flatMap(({ names }) => names);
      const unused = [...record.unused ?? [], ...here];
      records.set(path, {
        ...record,
        files: record.files + 1,
        entries: record.entries + entries,
        bytes: record.bytes + bytes,
        ...(unused.length > 0 && { unused }),
      });
    }
    return [...records.values()];
  });
}
