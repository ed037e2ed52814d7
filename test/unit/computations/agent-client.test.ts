import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { execa } from 'execa';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AgentServiceService } from '../../../internal/api/grpc/generated/agent/agent.ts';
import { createAgentClient } from '../../../internal/computations/agent-client.ts';
import { clientOf, patient, startAgent } from './fixtures.ts';

const payload = Buffer.from('x');

describe('one attempt', () => {
  it('resolves with the answer', async () => {
    const agent = await startAgent([{ answer: 'yes' }]);
    expect(await clientOf(agent.address).run(payload, patient.signal)).toBe('yes');
  });

  it('rejects with the status and the text of the agent', async () => {
    const agent = await startAgent([{ code: status.FAILED_PRECONDITION, message: '100 % no' }]);
    await expect(clientOf(agent.address).run(payload, patient.signal)).rejects.toMatchObject({
      name: 'AgentError',
      status: 9,
      message: '100 % no',
    });
  });

  it('rejects with the reason of the signal, also before it has begun', async () => {
    const agent = await startAgent(['never']);
    const client = clientOf(agent.address);
    const abort = new AbortController();
    const answer = client.run(payload, abort.signal);
    await expect.poll(() => agent.received.length).toBe(1);
    const reason = new Error('enough');
    abort.abort(reason);
    await expect(answer).rejects.toBe(reason);
    await expect(client.run(payload, abort.signal)).rejects.toBe(reason);
    expect(agent.received).toHaveLength(1);
  });
});

describe('TLS', () => {
  it('trusts the authority of the file, and no other', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'protium-agent-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const make = async (name: string) => {
      const [key, certificate] = [join(directory, `${name}.key`), join(directory, `${name}.pem`)];
      await execa('openssl', [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
        ...[
          '-subj',
          `/CN=${name}`,
          '-addext',
          'subjectAltName=DNS:localhost',
          '-keyout',
          key,
          '-out',
          certificate,
        ],
      ]);
      return { key, certificate };
    };
    const [own, other] = await Promise.all([make('agent'), make('other')]);
    const pair = { private_key: await readFile(own.key), cert_chain: await readFile(own.certificate) };
    const server = new Server();
    server.addService(AgentServiceService, {
      run: (_call: unknown, done: (error: null, answer: { computation: string }) => void) =>
        done(null, { computation: 'secretly' }),
    });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createSsl(null, [pair]), (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
    onTestFinished(() => server.forceShutdown());
    const run = (caFile: string) => {
      const client = createAgentClient({ url: `localhost:${port}`, timeoutMs: 60_000, tls: { caFile } });
      onTestFinished(() => client.close());
      return client.run(payload, patient.signal);
    };
    expect(await run(own.certificate)).toBe('secretly');
    await expect(run(other.certificate)).rejects.toMatchObject({ status: status.UNAVAILABLE });
  });

  it('needs a file that can be read', () => {
    const tls = { caFile: '/no/such/ca.pem' };
    expect(() => createAgentClient({ url: 'localhost:1', timeoutMs: 1, tls })).toThrow(
      expect.objectContaining({ code: 'ENOENT' }),
    );
  });
});
