import { type Checkpoint, checkpointAt } from './checkpoints.js';
import type { FoundRecords } from './scan-records.js';

/** The records of an upload, however they were found. */
export interface FoundPlaces {
  readonly rows: number;
  /** A part may begin before every row whose number (from 0) is a multiple of it. */
  readonly interval: number;
  readonly sawText: boolean;
  /** Where such a row begins. */
  before(row: number): Promise<Checkpoint>;
}

export function placesOf({ checkpoints, sawText }: FoundRecords): FoundPlaces {
  const { rows, interval } = checkpoints;
  return { rows, interval, sawText, before: async (row) => checkpointAt(checkpoints, row) };
}
