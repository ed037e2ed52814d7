import { createHmac } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createWebhook } from '../../../internal/leases/webhook.ts';

interface Received {
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver that answers so, in turn; the last answer goes on. null: it never answers. */
async function receiver(answers: readonly (number | null)[]) {
  const received: Received[] = [];
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const answer = answers[Math.min(received.length, answers.length - 1)];
      received.push({ headers: request.headers, body });
      if (answer === null || answer === undefined) return;
      if (answer === 302) response.setHeader('location', '/elsewhere');
      response.writeHead(answer).end('x'.repeat(100));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

function webhook(url: string, more: { secret?: string; timeoutMs?: number; signal?: AbortSignal } = {}) {
  const { secret = null, timeoutMs = 5000, signal = new AbortController().signal } = more;
  return createWebhook({
    settings: () => Promise.resolve({ url, secret, timeoutMs }),
    signal,
    retryPauseMs: 1,
  });
}

const message = { id: 'a/1', event: 'lease.started', lease: { name: 'Zürich' } };

describe('the webhook of leases', () => {
  it('gets JSON that is signed', async () => {
    const { received, url } = await receiver([204]);
    await webhook(url, { secret: 'a secret of some length' })(message);
    const [first] = received;
    expect(JSON.parse(first?.body ?? '')).toEqual(message);
    const signature = createHmac('sha256', 'a secret of some length')
      .update(first?.body ?? '')
      .digest('hex');
    expect(first?.headers).toMatchObject({
      'content-type': 'application/json',
      'protium-delivery': 'a/1',
      'protium-signature': `sha256=${signature}`,
    });
  });

  it('is tried again while its server fails, under the same name, and given up then', async () => {
    const passing = await receiver([500, 503, 200]);
    await webhook(passing.url)(message);
    expect(passing.received.map(({ headers }) => headers['protium-delivery'])).toEqual(['a/1', 'a/1', 'a/1']);
    expect(passing.received[0]?.headers).not.toHaveProperty('protium-signature');
    const failing = await receiver([500]);
    await expect(webhook(failing.url)(message)).rejects.toThrow('it answers 500');
    expect(failing.received).toHaveLength(4);
  });

  it('is not tried again when it refuses, and not followed elsewhere', async () => {
    for (const status of [400, 302]) {
      const { received, url } = await receiver([status]);
      await expect(webhook(url)(message)).rejects.toThrow(`it answers ${status}`);
      expect(received).toHaveLength(1);
    }
  });

  it('that hangs is left, by time and when the daemon stops', async () => {
    const { url } = await receiver([null]);
    await expect(webhook(url, { timeoutMs: 10 })(message)).rejects.toThrow();
    const stopping = new AbortController();
    const posted = webhook(url, { signal: stopping.signal })(message);
    stopping.abort(new Error('stopping'));
    await expect(posted).rejects.toThrow();
  });

  it('is left out where none is set', async () => {
    const post = createWebhook({
      settings: () => Promise.resolve(null),
      signal: new AbortController().signal,
    });
    await expect(post(message)).resolves.toBeUndefined();
  });

  it('that hangs does not fill the memory', async () => {
    const { url } = await receiver([null]);
    const stopping = new AbortController();
    const post = webhook(url, { signal: stopping.signal });
    const posts = Array.from({ length: 100 }, () => post(message));
    await expect(post(message)).rejects.toThrow('100 messages wait');
    stopping.abort();
    expect((await Promise.allSettled(posts)).every(({ status }) => status === 'rejected')).toBe(true);
  });
});
