/** The part of the WebAssembly interface that is used: Node has it, but neither ES2023 nor Node's types declare it. */
declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number }) => KernelMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, object>>>>,
  ) => { readonly exports: Kernel };
};

/** Memory that WebAssembly and TypeScript share. It never grows, so views of its buffer stay valid. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer;
}

/** What a module exports: functions of numbers. */
export type Kernel = Readonly<Record<string, unknown>>;

const PAGE_BYTES = 65_536;

export function newKernelMemory(bytes: number): KernelMemory {
  return new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
}

/** Modules once compiled: compiling again would give up the code that was optimised by then. */
const compiled = new Map<string, object>();

/** Instantiates a module that was built by scripts/build-kernels.mjs. Throws where the machine has no SIMD. */
export function loadKernel(base64: string, memory: KernelMemory): Kernel {
  const module = compiled.get(base64) ?? new WebAssembly.Module(Buffer.from(base64, 'base64'));
  compiled.set(base64, module);
  return new WebAssembly.Instance(module, { env: { memory } }).exports;
}

/** A function that the module exports. */
export function kernelFunction(kernel: Kernel, name: string): (...numbers: number[]) => number {
  const found = kernel[name];
  if (!isKernelFunction(found)) throw new Error(`The module has no function ${name}.`);
  return found;
}

function isKernelFunction(value: unknown): value is (...numbers: number[]) => number {
  return typeof value === 'function';
}
