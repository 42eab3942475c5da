export interface Model {
  readonly file: string;
  readonly what: string;
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
}
export const MODELS: readonly Model[];
export function fetchModels(
  folder: string,
  options?: { models?: readonly Model[]; say?: (line: string) => void },
): Promise<void>;
