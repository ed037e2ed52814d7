import { download, type DownloadOptions } from '../download/download.ts';
import { byteProgress, type Fetcher } from './fetch-content.ts';

export function fromUrl(options: Omit<DownloadOptions, 'signal' | 'onProgress'>): Fetcher<'url'> {
  return async ({ url }, file, { signal, progress }) => {
    await download(new URL(url), file, { ...options, signal, onProgress: byteProgress(progress) });
  };
}
