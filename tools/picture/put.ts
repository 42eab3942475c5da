export const encode = (canvas: OffscreenCanvas, type: 'image/png' | 'image/webp', quality = 1): Promise<Blob> =>
  canvas.convertToBlob({ type, quality });

/** Stores a file with the server that gave the page. */
export async function put(url: string, body: Blob): Promise<void> {
  const response = await fetch(url, { method: 'PUT', body });
  if (!response.ok) throw new Error(`${url} could not be written: ${await response.text()}`);
}

export async function load(url: string): Promise<ImageBitmap> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} could not be read.`);
  return await createImageBitmap(await response.blob());
}
