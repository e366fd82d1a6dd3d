import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { z } from 'zod';

/** Writes a file so that a reader sees the old one or the new one and never a half. */
export function writeWhole(file: string, text: string, mode: number): void {
  const incoming = `${file}.${process.pid}`;
  writeFileSync(incoming, text, { mode });
  renameSync(incoming, file);
}

/** The same with the content as JSON, which only its owner may read. */
export function writeWholeJson(file: string, content: unknown): void {
  writeWhole(file, `${JSON.stringify(content, null, 2)}\n`, 0o600);
}

/** The content of a file; undefined when it is missing or is not what it should be. */
export function readJson<T>(file: string, schema: z.ZodType<T>): T | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return schema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
