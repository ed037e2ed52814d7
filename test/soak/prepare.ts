import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import type { SoakClient } from './http.ts';
import { config } from './load.ts';

const mib = 1024 ** 2;
const makers = 6;

/** A user of GPUEater's dialect; resolves with `ID:SECRET`. */
export async function makeAccessKey(client: SoakClient): Promise<string> {
  const request = { user: 'soak', idempotencyKey: 'soak' };
  const { status, body } = await client.call('POST', '/v1/access-keys', request);
  if (status >= 300) throw new Error(`no access key was made: ${JSON.stringify(body)}`);
  const { id } = body['accessKey'] as { readonly id: string };
  return `${id}:${String(body['secret'])}`;
}

/**
 * Memory holds so many of the last events, and grows until these are there: no leak. Makes and deletes volumes until the
 * first event is no longer kept. Resolves with the number of volumes.
 */
export async function fillEventLog(socketPath: string, client: SoakClient, pool: string): Promise<number> {
  const finish = async (method: string, route: string, body?: unknown): Promise<void> => {
    const outcome = await client.finish(method, route, body);
    if (outcome !== 'succeeded') throw new Error(`${method} ${route}: ${outcome}`);
  };
  const stream = await openEvents(socketPath, '');
  const text = once(stream, 'data');
  // Makes the pool too.
  await finish('POST', '/v1/instances', { name: 'first', config });
  await finish('DELETE', '/v1/instances/first');
  const [, first] = /^id: (\S+)$/m.exec(String(await text)) ?? [];
  stream.destroy();
  if (first === undefined) throw new Error('an instance was made, and no event told so');
  let volumes = 0;
  const fill = async (name: string): Promise<void> => {
    while (await isKept(socketPath, first)) {
      for (let time = 0; time < 10; time += 1) {
        await finish('POST', `/v1/volumes/${pool}`, { name, sizeBytes: mib });
        await finish('DELETE', `/v1/volumes/${pool}/${name}`);
        volumes += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: makers }, (_, index) => fill(`fill-${index}.qcow2`)));
  return volumes;
}

async function isKept(socketPath: string, sequence: string): Promise<boolean> {
  const stream = await openEvents(socketPath, `?after=${sequence}`);
  const { statusCode } = stream;
  stream.destroy();
  if (statusCode !== 200 && statusCode !== 410) throw new Error(`events are answered with ${statusCode}`);
  return statusCode === 200;
}

async function openEvents(socketPath: string, query: string): Promise<IncomingMessage> {
  const request = http.get({ socketPath, path: `/v1/events${query}`, headers: { Host: 'localhost' } });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response.on('error', () => undefined);
}
