import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SOURCE_SHA256 as DIGESTS } from '../../src/customer-file/digests/digest-kernel.wasm.js';
import { SOURCE_SHA256 as PLAIN_ROWS } from '../../src/customer-file/part-rows/plain-rows-kernel.wasm.js';
import { SOURCE_SHA256 as ROW_TABLE } from '../../src/customer-file/row-table/row-table-kernel.wasm.js';

const BUILD = fileURLToPath(new URL('../../scripts/build-kernels.mjs', import.meta.url));

function isCompilerInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve('assemblyscript/package.json');
    return true;
  } catch {
    return false;
  }
}

describe('the WebAssembly modules', () => {
  it.each([
    ['digests/digest-kernel.as', DIGESTS],
    ['row-table/row-table-kernel.as', ROW_TABLE],
    ['part-rows/plain-values.as part-rows/plain-rows.as', PLAIN_ROWS],
  ])('were built from their source: %s', async (names, recorded) => {
    const sources = names
      .split(' ')
      .map((name) => new URL(`../../src/customer-file/${name}`, import.meta.url));
    const texts = await Promise.all(sources.map((source) => readFile(source, 'utf8')));
    expect(hash('sha256', texts.join('\n'), 'hex')).toBe(recorded);
  });

  it.runIf(isCompilerInstalled())('are byte for byte what their sources build', async () => {
    await promisify(execFile)(process.execPath, [BUILD, '--check']);
  });
});
