import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downloadText } from '../../../internal/images/download/download-text.ts';
import { download, type DownloadOptions } from '../../../internal/images/download/download.ts';
import { openIncomingFile } from '../../../internal/images/incoming/incoming-file.ts';
import { temporaryDirectory } from '../store/state.ts';
import { startFileServer, type Answer, type FileServer } from './file-server.ts';

const content = randomBytes(3_000_000);
const sha256 = createHash('sha256').update(content).digest('hex');

let server: FileServer;
beforeEach(async () => {
  server = await startFileServer();
});
afterEach(() => server.close());

const optionsFor = (more: Partial<DownloadOptions> = {}): DownloadOptions => ({
  policy: { allowHttp: true, allowedHosts: [server.host] },
  signal: new AbortController().signal,
  stallMs: 5000,
  retryPauseMs: 1,
  ...more,
});

/** What is there after a download of a path. */
async function downloaded(
  answers: readonly Answer[],
  {
    maxBytes = 10_000_000,
    url = server.url('/image'),
    ...more
  }: Partial<DownloadOptions> & { maxBytes?: number; url?: string } = {},
) {
  server.serve('/image', ...answers);
  const target = path.join(temporaryDirectory(), 'image');
  const file = await openIncomingFile(target, { maxBytes });
  try {
    await download(new URL(url), file, optionsFor(more));
    const { bytes, digests } = await file.finish();
    expect(
      createHash('sha256')
        .update(await readFile(target))
        .digest('hex'),
    ).toBe(digests.sha256);
    return { bytes, sha256: digests.sha256 };
  } finally {
    await file.close();
  }
}
const whole = { bytes: content.length, sha256 };

describe('a download', () => {
  it('brings all of it, and tells how much has come', async () => {
    const seen: [number, number | null][] = [];
    expect(await downloaded([{ content }], { onProgress: (...progress) => seen.push(progress) })).toEqual(
      whole,
    );
    expect(seen[0]).toEqual([0, content.length]);
    expect(seen.at(-1)).toEqual([content.length, content.length]);
  });

  it('goes on where the connection was cut', async () => {
    expect(
      await downloaded([{ content, cutAfter: 1_000_000 }, { content, cutAfter: 500_000 }, { content }]),
    ).toEqual(whole);
    expect(server.requests[0]).toBe('/image');
    expect(server.requests[1]).toMatch(/^\/image bytes=\d+-$/);
    expect(server.requests).toHaveLength(3);
  });

  it.each([
    [
      'the server has no name for the version',
      [{ content, etag: null, cutAfter: 1_000_000 }, { content }],
      ['/image', '/image'],
    ],
    [
      'the server has a weak name for it',
      [{ content, etag: 'W/"1"', cutAfter: 1_000_000 }, { content }],
      ['/image', '/image'],
    ],
  ] as const)('begins anew when %s', async (_why, answers, requests) => {
    expect(await downloaded(answers)).toEqual(whole);
    expect(server.requests).toEqual(requests);
  });

  it('begins anew when the file has changed meanwhile', async () => {
    const before = randomBytes(3_000_000);
    expect(await downloaded([{ content: before, cutAfter: 1_000_000 }, { content }])).toEqual(whole);
  });

  it('begins anew when the server ignores ranges', async () => {
    expect(
      await downloaded([
        { content, cutAfter: 1_000_000 },
        { content, ignoreRange: true },
      ]),
    ).toEqual(whole);
  });

  it('begins anew when another part comes than was asked for', async () => {
    const wrong: Answer = (_request, response) =>
      response.writeHead(206, { 'Content-Range': `bytes 5-9/${content.length}` }).end('wrong');
    expect(await downloaded([{ content, cutAfter: 1_000_000 }, wrong, { content }])).toEqual(whole);
  });

  it('tries again after what passes', async () => {
    expect(
      await downloaded([{ status: 503 }, { status: 429 }, { content, stallAfter: 1000 }, { content }], {
        stallMs: 200,
      }),
    ).toEqual(whole);
  });

  it('gives up after several attempts in vain', async () => {
    await expect(downloaded([{ status: 503 }])).rejects.toMatchObject({
      code: 'download-failed',
      retryable: true,
      message: expect.stringContaining('503') as string,
    });
    expect(server.requests).toHaveLength(7);
  });

  it.each([
    [404, 'file-not-found'],
    [403, 'file-not-found'],
    [400, 'download-failed'],
    [304, 'download-failed'],
  ])('does not try again after %i', async (status, code) => {
    await expect(downloaded([{ status }])).rejects.toMatchObject({ code });
    expect(server.requests).toHaveLength(1);
  });

  it('stops at the limit of size, with or without Content-Length', async () => {
    await expect(downloaded([{ content }], { maxBytes: 2_999_999 })).rejects.toMatchObject({
      code: 'image-too-large',
    });
    await expect(downloaded([{ content, chunked: true }], { maxBytes: 2_999_999 })).rejects.toMatchObject({
      code: 'image-too-large',
    });
    expect(await downloaded([{ content, chunked: true }], { maxBytes: 3_000_000 })).toEqual(whole);
  });

  it('ends when it is cancelled, also while it waits', async () => {
    for (const answer of [{ content, stallAfter: 1000 }, { status: 503 }]) {
      const controller = new AbortController();
      const done = downloaded([answer], { signal: controller.signal, retryPauseMs: 60_000 });
      setTimeout(() => controller.abort(new Error('enough')), 100);
      await expect(done).rejects.toThrow('enough');
    }
  });
});

describe('nothing comes from where it must not', () => {
  const refused = { code: 'address-forbidden' };

  it('without TLS, unless that is allowed', async () => {
    const policy = { allowHttp: false, allowedHosts: [server.host] };
    await expect(downloaded([{ content }], { policy })).rejects.toMatchObject(refused);
  });

  it('from private addresses', async () => {
    const policy = { allowHttp: true, allowedHosts: [] };
    await expect(downloaded([{ content }], { policy })).rejects.toMatchObject(refused);
    expect(server.requests).toEqual([]);
  });

  it.each([
    'http://10.0.0.1/',
    'http://[::1]/',
    'http://169.254.169.254/latest/meta-data',
    'https://127.0.0.1:9/',
    'file:///etc/shadow',
  ])('by a redirect to %s', async (location) => {
    await expect(downloaded([{ status: 302, location }])).rejects.toMatchObject(refused);
    expect(server.requests).toHaveLength(1);
  });

  it('by a host name that means this machine', async () => {
    const port = server.host.split(':')[1] ?? '';
    await expect(downloaded([{ content }], { url: `http://localhost:${port}/image` })).rejects.toMatchObject(
      refused,
    );
    expect(server.requests).toEqual([]);
  });

  it('by a name that means another address each time it is looked up', async () => {
    const port = server.host.split(':')[1] ?? '';
    let lookups = 0;
    const resolve = () => {
      lookups += 1;
      return Promise.resolve([{ address: lookups === 1 ? '192.0.2.1' : '127.0.0.1', family: 4 }]);
    };
    const done = downloaded([{ content }], { url: `http://images.example:${port}/image`, resolve });
    await expect(done).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('192.0.2.1') as string,
    });
    expect(lookups).toBe(1);
    const again = downloaded([{ content }], { url: `http://images.example:${port}/image`, resolve });
    await expect(again).rejects.toMatchObject(refused);
    expect(server.requests).toEqual([]);
  });

  it('a redirect to where it may come from is followed, and not for ever', async () => {
    server.serve('/moved', { status: 301, location: '/image' });
    expect(await downloaded([{ content }], { url: server.url('/moved') })).toEqual(whole);
    server.serve('/circle', { status: 302, location: '/circle' });
    await expect(downloaded([{ content }], { url: server.url('/circle') })).rejects.toMatchObject({
      code: 'download-failed',
    });
  });

  it('a redirect with a password is not followed', async () => {
    const location = `http://user:secret@${server.host}/image`;
    const error = await downloaded([{ status: 302, location }]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'argument-invalid' });
    expect(String(error)).not.toContain('secret');
  });
});

describe('a short text', () => {
  it('comes whole, after retries', async () => {
    server.serve('/sums', { status: 503 }, { content: Buffer.from('abc') });
    expect(await downloadText(new URL(server.url('/sums')), optionsFor())).toBe('abc');
  });

  it('is refused when it is not there, or long', async () => {
    await expect(downloadText(new URL(server.url('/none')), optionsFor())).rejects.toMatchObject({
      code: 'file-not-found',
    });
    server.serve('/sums', { content: randomBytes(1_100_000), chunked: true });
    await expect(downloadText(new URL(server.url('/sums')), optionsFor())).rejects.toMatchObject({
      code: 'download-failed',
    });
  });
});
