// Keeps the present workflow code, without its types, as the release from which the next one takes over runs
// (docs/changing-workflows.md).
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const sources = fileURLToPath(new URL('../src', import.meta.url));
const kept = fileURLToPath(new URL('../test/workflows/older-release', import.meta.url));
const compilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  removeComments: true,
};

await rm(kept, { recursive: true, force: true });
const open = ['workflows/activate-audience.ts'];
for (const file of open) {
  const { outputText } = ts.transpileModule(await readFile(join(sources, file), 'utf8'), { compilerOptions });
  const target = join(kept, file.replace(/\.ts$/, '.js'));
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, outputText);
  for (const [, from] of outputText.matchAll(/from '(\.[^']+)'/g)) {
    const needed = relative(sources, join(sources, dirname(file), from)).replace(/\.js$/, '.ts');
    if (!open.includes(needed)) open.push(needed);
  }
}
console.log(`kept ${open.length} files in test/workflows/older-release`);
