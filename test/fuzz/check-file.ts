import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Checkpoint } from '../../src/customer-file/checkpoints.js';
import { CustomerFileError } from '../../src/customer-file/customer-file-error.js';
import { detectPacking, PACKING_HEAD_BYTES } from '../../src/customer-file/detect-packing.js';
import { mergeDistinct } from '../../src/customer-file/distinct-estimate.js';
import { expandHead } from '../../src/customer-file/expand-head.js';
import { expandUpload } from '../../src/customer-file/expand-upload.js';
import { findInHalves } from '../../src/customer-file/find-in-halves.js';
import { findRecords } from '../../src/customer-file/find-records.js';
import { type FoundPlaces, placesOf } from '../../src/customer-file/found-places.js';
import { INSPECTED_BYTES, inspectFile } from '../../src/customer-file/inspect-file.js';
import { ledgerImbalance, type PartLedger, sumLedgers } from '../../src/customer-file/ledger.js';
import { headerLine } from '../../src/customer-file/part-size.js';
import type { LocalBytes, PartRange, Plan, Split } from '../../src/customer-file/plan.js';
import { scanRecords } from '../../src/customer-file/scan-records.js';
import { splitUpload } from '../../src/customer-file/split-upload.js';
import { packedInPieces } from '../customer-file/packed-in-pieces.js';
import type { Chance } from './chance.js';
import { EngineRun, type MadePart, outcome } from './engine-run.js';
import { agree, must, unplanned } from './finding.js';
import { type InspectedUpload, type RandomWishes, randomPlan, randomWishes } from './random-plan.js';

export interface Checked {
  /** The code of the refusal, or `prepared`. */
  readonly result: string;
  /** Reasons of rejected cells that occurred. */
  readonly reasons: readonly string[];
  readonly rows: number;
}

const PREPARING = 'preparing';

/**
 * Takes an upload the whole way that the service takes it, and each step in a second way too. Throws a `Finding` when a
 * step fails with anything but a `CustomerFileError`, when two ways disagree, or when a sum does not close. A file that
 * could be split is refused no more: a part with other rows than were counted, or with a cut record, is a finding.
 */
export async function checkFile(chance: Chance, upload: Buffer): Promise<Checked> {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const stage = { name: 'expanding' };
  try {
    return await check(chance, upload, new EngineRun(folder), stage);
  } catch (error) {
    if (error instanceof CustomerFileError && stage.name !== PREPARING) {
      return { result: error.code, reasons: [], rows: 0 };
    }
    throw unplanned(stage.name, error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function check(
  chance: Chance,
  upload: Buffer,
  engine: EngineRun,
  stage: { name: string },
): Promise<Checked> {
  const text = await expandedText(chance, upload);
  const whole = engine.local(text);

  stage.name = 'inspecting';
  const wishes = randomWishes(chance);
  const { normalization, partBytes } = wishes;
  const head: LocalBytes = { ...whole, length: Math.min(text.length, INSPECTED_BYTES) };
  const inspection = await inspectFile(head, text.length, { normalization, partBytes });
  stage.name = 'choosing columns';
  const inspected = await randomPlan(chance, wishes, inspection, text);

  stage.name = 'splitting';
  await checkRecords(chance, whole, inspected.plan);
  const split = await splitUpload(whole, inspected.plan);
  checkRanges(split, inspected.plan, text.length);

  stage.name = PREPARING;
  const parts = await checkParts(chance, engine, whole, text, inspected.plan, split);
  const ledger = await checkTogether(engine, whole, inspected.plan, split, parts);
  checkPrediction(inspected, wishes, split, ledger);
  const reasons = Object.values(ledger.identifiers).flatMap(({ rejected }) => Object.keys(rejected));
  return { result: 'prepared', reasons, rows: split.rows };
}

/** What the service reads by range in place of a packed upload. */
async function expandedText(chance: Chance, upload: Buffer): Promise<Buffer> {
  const packing = detectPacking(upload.subarray(0, PACKING_HEAD_BYTES));
  if (packing === null) return upload;
  const expand = async (pieces: readonly number[]): Promise<Buffer> => {
    const chunks: Buffer[] = [];
    for await (const chunk of expandUpload(packedInPieces(upload, pieces), packing)) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  const large = upload.length > 20_000;
  const small = () => expand(chance.list(3, () => chance.between(1, large ? 65_536 : 300)));
  const [atOnce, inPieces] = [await outcome(() => expand([1 << 20])), await outcome(small)];
  if ('refused' in atOnce) {
    agree('the refusals of an archive', codeOf(inPieces), atOnce.refused.code);
    throw atOnce.refused;
  }
  must('value' in inPieces && inPieces.value.equals(atOnce.value), 'pieces of an archive change its text');
  const length = chance.between(1, 5_000);
  const begun = await expandHead(packedInPieces(upload), packing, length);
  must(begun.bytes.equals(atOnce.value.subarray(0, length)), 'the head of an archive is not its beginning');
  return atOnce.value;
}

const codeOf = (one: { refused: CustomerFileError } | object) => ('refused' in one ? one.refused.code : null);

/** The kernel finds the records that the scanner defines, with the same lines and refusals. */
async function checkRecords(chance: Chance, whole: LocalBytes, { dialect }: Plan): Promise<void> {
  const windowBytes = windowFor(chance, whole.length);
  const seen = async (find: () => Promise<FoundPlaces>) => {
    const found = await outcome(find);
    if ('refused' in found) return found.refused.toProblem();
    const { rows, interval, sawText, before } = found.value;
    const places: Checkpoint[] = [];
    for (let row = 0; row < rows; row += interval) places.push(await before(row));
    return { rows, interval, sawText, places };
  };
  const careful = await seen(async () => placesOf(await scanRecords(whole, dialect)));
  agree(
    'the records found fast and with care',
    await seen(async () => placesOf(await findRecords(whole, dialect, {}, windowBytes))),
    careful,
  );
  agree(
    'the records found in halves and with care',
    await seen(() => findInHalves(whole, dialect, findRecords, {}, 1)),
    careful,
  );
}

function windowFor(chance: Chance, length: number): number {
  return length > 50_000 ? chance.between(5_000, 300_000) : chance.between(1, 700);
}

function checkRanges({ parts, rows }: Split, { dialect }: Plan, end: number): void {
  let offset = dialect.firstRowOffset;
  let row = 1;
  for (const [index, part] of parts.entries()) {
    must(part.index === index && part.start === offset && part.firstRow === row, 'parts do not join');
    offset = part.end;
    row += part.rows;
  }
  must(offset === end && row === rows + 1, 'parts do not hold the whole file');
}

/** Every part in any order, fast and with care, whole and resumed, from the file and from a slice of it. */
async function checkParts(
  chance: Chance,
  engine: EngineRun,
  whole: LocalBytes,
  text: Buffer,
  plan: Plan,
  split: Split,
): Promise<MadePart[]> {
  const made = new Map<number, MadePart>();
  for (const part of chance.shuffled(split.parts)) {
    const window = windowFor(chance, part.end - part.start);
    if (chance.once(8)) await engine.broken(whole, plan, part, window, chance.between(1, 4));
    const one = await engine.fast(whole, plan, part, window);
    agree('a part made fast and with care', one, await engine.careful(whole, plan, part));
    must(ledgerImbalance(one.ledger) === null, 'the ledger of a part does not balance');
    must(one.ledger.rowsRead === part.rows, 'a part has other rows than the split counted');
    if (chance.once(4)) {
      const slice = engine.local(text.subarray(part.start, part.end), part.start, chance.below(9));
      agree('a part made again', await engine.fast(slice, plan, part, windowFor(chance, text.length)), one);
    }
    made.set(part.index, one);
  }
  return split.parts.flatMap(({ index }) => made.get(index) ?? []);
}

/** All parts in order are one careful pass over the whole file. */
async function checkTogether(
  engine: EngineRun,
  whole: LocalBytes,
  plan: Plan,
  split: Split,
  parts: readonly MadePart[],
): Promise<PartLedger> {
  const everything: PartRange = {
    index: 0,
    start: plan.dialect.firstRowOffset,
    end: whole.length,
    firstLine: plan.dialect.firstRowLine,
    firstRow: 1,
    rows: split.rows,
  };
  const pass = await engine.careful(whole, plan, everything);
  const header = headerLine(plan.layout);
  const linesOf = ({ text }: MadePart): string => {
    must(text.startsWith(header), 'a part has no header');
    return text.slice(header.length);
  };
  must(parts.map(linesOf).join('') === linesOf(pass), 'parts differ from one pass over the file');
  must(parts.map(({ rejected }) => rejected).join('') === pass.rejected, 'lists of rejected cells differ');
  agree('ledgers of the parts and of the file', sumLedgers(parts.map(({ ledger }) => ledger)), pass.ledger);
  agree('sketches', mergeDistinct(parts.map(({ distinct }) => distinct)), pass.distinct);
  return pass.ledger;
}

/** Of a file that is known whole the inspection says exactly what comes of it. */
function checkPrediction(
  { inspection, plan, asProposed }: InspectedUpload,
  { partBytes }: RandomWishes,
  split: Split,
  ledger: PartLedger,
): void {
  if (!inspection.sample.complete) return;
  must(inspection.sample.rows === split.rows, 'the inspection counts other rows than the split');
  if (!asProposed) return;
  must(inspection.predicted?.rows === split.rows, 'other rows were predicted');
  must(
    plan.partBytes === partBytes && inspection.predicted?.parts === split.parts.length,
    'other parts were predicted',
  );
  if (plan.include.length === 0)
    agree('the ledgers of the sample and of the file', inspection.sample.ledger, ledger);
}
