import { statSync } from 'node:fs';
import { chooseColumns } from '../../dist/customer-file/choose-columns.js';
import { chooseLayout } from '../../dist/customer-file/choose-layout.js';
import { inspectFile } from '../../dist/customer-file/inspect-file.js';
import { columnForms } from '../../dist/customer-file/inspection.js';
import { ENGINE_VERSION } from '../../dist/customer-file/plan.js';
import { preparePartInThread } from '../../dist/customer-file/run-in-thread.js';

export function localBytes(path) {
  return { path, position: 0, firstByte: 0, length: statSync(path).size };
}

/** The plan that the worker would make of a file by itself. */
export async function planFor(bytes) {
  const inspection = await inspectFile(bytes, bytes.length, { normalization: 'brief-2024' });
  const columns = chooseColumns(inspection, undefined);
  return {
    engine: ENGINE_VERSION,
    dialect: inspection.dialect,
    columns,
    normalization: 'brief-2024',
    layout: chooseLayout(columns, columnForms(inspection, columns), null),
    include: [],
    partBytes: 50_000_000,
  };
}

/** Makes all parts on some threads, as the worker's activities do; `onPart` gets the paths of each finished one. */
export async function prepareParts(bytes, plan, parts, { folder, threads, onPart = () => undefined }) {
  const waiting = [...parts];
  const lane = async () => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      const outputPath = `${folder}/part-${part.index}.csv`;
      const rejectedPath = `${folder}/rejected-${part.index}.csv`;
      await preparePartInThread({ source: bytes, plan, part, outputPath, rejectedPath });
      onPart(outputPath, rejectedPath);
    }
  };
  await Promise.all(Array.from({ length: threads }, lane));
}
