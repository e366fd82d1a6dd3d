import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson, writeWholeJson } from './whole-file.js';

const secretsSchema = z.object({
  /** 32 bytes, base64. Without it the stored authorizations cannot be read. */
  encryptionKey: z.string(),
  databasePassword: z.string(),
});

export type Secrets = z.infer<typeof secretsSchema>;

/** The secrets of a data folder, made at its first start and kept with it. */
export function secretsOf(folder: string): Secrets {
  const file = join(folder, 'secrets.json');
  const kept = readJson(file, secretsSchema);
  if (kept !== undefined) return kept;
  if (existsSync(file)) {
    throw new Error(
      `${file} cannot be read. Without its secrets the data beside it cannot be used: restore the file, or remove the whole folder to begin anew.`,
    );
  }
  const made = {
    encryptionKey: randomBytes(32).toString('base64'),
    databasePassword: randomBytes(24).toString('base64url'),
  };
  writeWholeJson(file, made);
  return made;
}
