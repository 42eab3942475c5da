import { AssetError } from './asset-error.ts';
import { addCompiled, compiledModule } from './compiled.ts';
import { type Asset, type FetchAssetOptions, fetchAsset, WASM } from './fetch-asset.ts';

/**
 * Loads and compiles a wasm module, once for each hash.
 *
 * @throws {AssetError} which file failed, and how; or the signal's reason.
 */
export async function loadWasm(wasm: Asset, options?: FetchAssetOptions): Promise<WebAssembly.Module> {
  const ready = compiledModule(wasm.sha256);
  if (ready) {
    options?.onBytes?.(wasm.bytes ?? 0);
    return ready;
  }
  const bytes = await fetchAsset(wasm, WASM, options);
  try {
    const module = await WebAssembly.compile(bytes);
    if (wasm.sha256) addCompiled([[wasm.sha256, module]]);
    return module;
  } catch (cause) {
    throw new AssetError(wasm.url, 'corrupt', 'the browser cannot compile this wasm module.', { cause });
  }
}
