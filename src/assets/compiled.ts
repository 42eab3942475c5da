/**
 * Wasm modules that were compiled before, by the hash of their file: a page hands those of `preload` to its workers.
 */
export type CompiledModules = readonly (readonly [sha256: string, module: WebAssembly.Module])[];

const modules = new Map<string, WebAssembly.Module>();

export function addCompiled(compiled: CompiledModules): void {
  for (const [sha256, module] of compiled) modules.set(sha256, module);
}

export function allCompiled(): CompiledModules {
  return [...modules];
}

export function compiledModule(sha256: string | undefined): WebAssembly.Module | undefined {
  return sha256 === undefined ? undefined : modules.get(sha256);
}
