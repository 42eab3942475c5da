export interface Manifest {
  readonly version: string;
  readonly files: Record<string, { readonly bytes: number; readonly sha256: string }>;
}
export function buildAssets(outDir: string): Promise<Manifest>;
