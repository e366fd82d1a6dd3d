// Builds the engine's WebAssembly modules from their AssemblyScript sources, as base64 in TypeScript files beside them:
//   node scripts/build-kernels.mjs
// The same source and compiler give the same bytes. The results are committed, so that nobody needs the compiler to
// build or run the product. With --check nothing is written, and a module that is not what its source builds fails.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';

const FOLDER = new URL('../src/customer-file/', import.meta.url);
/** By the module's file: its sources, one behind the other, and where in the memory that they share its constants begin. */
const KERNELS = {
  'digests/digest-kernel': { sources: ['digests/digest-kernel'], constants: 1024 },
  'row-table/row-table-kernel': { sources: ['row-table/row-table-kernel'], constants: 1024 },
  'part-rows/plain-rows-kernel': {
    sources: ['part-rows/plain-values', 'part-rows/plain-rows'],
    constants: 8192,
  },
};
const LINE_CHARACTERS = 100;

/** The sources are no TypeScript, so they do not have its extension, which the compiler insists on. */
const ENTRY = 'kernel.ts';
const OPTIONS = [
  ...['--optimizeLevel', '3', '--shrinkLevel', '0', '--converge', '--noAssert', '--runtime', 'stub'],
  ...['--enable', 'simd,bulk-memory', '--importMemory', '--use', 'abort='],
];

async function compile(source, constants) {
  const asc = await import('assemblyscript/asc').catch(() => {
    throw new Error('The compiler is not installed: npm install --no-save assemblyscript@0.28.20');
  });
  let wasm;
  const { error, stderr } = await asc.main(
    [ENTRY, '--outFile', 'kernel.wasm', '--memoryBase', `${constants}`, ...OPTIONS],
    {
      readFile: (name) => (name === ENTRY ? source : null),
      writeFile: (_name, contents) => {
        wasm = contents;
      },
      listFiles: () => [],
    },
  );
  if (error !== null) throw new Error(stderr.toString());
  return Buffer.from(wasm);
}

function moduleText(sources, source, wasm) {
  const text = wasm.toString('base64');
  const lines = [];
  for (let at = 0; at < text.length; at += LINE_CHARACTERS) {
    lines.push(`  '${text.slice(at, at + LINE_CHARACTERS)}'`);
  }
  return `// Made from ${sources.map((name) => `${basename(name)}.as`).join(' and ')} by \`node scripts/build-kernels.mjs\`. Do not change it by hand.

/** SHA-256 of the source that these bytes were built from. */
export const SOURCE_SHA256 = '${createHash('sha256').update(source).digest('hex')}';

/** The module, in base64. */
export const WASM =
${lines.join(' +\n')};
`;
}

const isCheck = process.argv.includes('--check');
for (const [name, { sources, constants }] of Object.entries(KERNELS)) {
  const texts = await Promise.all(sources.map((source) => readFile(new URL(`${source}.as`, FOLDER), 'utf8')));
  const source = texts.join('\n');
  const wasm = await compile(source, constants);
  const target = new URL(`${name}.wasm.ts`, FOLDER);
  const text = moduleText(sources, source, wasm);
  if (isCheck) {
    if ((await readFile(target, 'utf8')) !== text)
      throw new Error(`${name}.wasm.ts is not what its source builds.`);
  } else {
    await writeFile(target, text);
  }
  console.log(`${name}: ${wasm.length} bytes`);
}
