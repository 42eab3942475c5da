export function copyAssets(
  folder: string,
  options: { dist: string; network?: boolean },
): { files: number; bytes: number };
