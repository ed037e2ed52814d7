import { createServer, type AddressInfo } from 'node:net';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ProtiumError } from '../../../../internal/errors/protium-error.ts';
import {
  findingScript,
  judgeFindings,
  type Check,
  type Expected,
} from '../../../../internal/provision/run/guest-findings.ts';
import { createHealthCheck, type HealthCheckParts } from '../../../../internal/provision/run/health-check.ts';
import { sshBanner } from '../../../../internal/provision/run/ssh-banner.ts';

const expected: Expected = {
  vcpus: 2,
  memoryMib: 4096,
  diskBytes: 2 ** 30,
  cardClass: '10de:2489',
  cards: 1,
  repository: '/srv/software',
};
const well = [
  'vcpus 2',
  'memory 3900000',
  `disk ${2 ** 21}`,
  'pci 0x8086 0x29c0',
  'pci 0x10de 0x2489',
  'repository /srv/software',
].join('\n');

const states = (checks: readonly Check[]) =>
  Object.fromEntries(checks.map(({ name, state }) => [name, state]));

describe('what a guest has', () => {
  it('is what was asked for', () => {
    expect(Object.values(states(judgeFindings(well, expected)))).toEqual(Array(5).fill('passed'));
  });

  it.each([
    ['vCPUs', 'vcpus 2', 'vcpus 1', 'The guest has 1 of 2.'],
    ['memory', 'memory 3900000', 'memory 1000000', 'The guest has 977 MiB of 4096.'],
    ['disk', `disk ${2 ** 21}`, 'disk 8', 'bytes of 1073741824.'],
    ['cards', 'pci 0x10de 0x2489', 'pci 0x10de 0x2488', 'The guest sees 0 of 1 cards 10de:2489.'],
    ['repository', 'repository /srv/software', '', 'There is no clone in /srv/software'],
  ])('%s that is missing is told', (name, good, bad, text) => {
    const failed = judgeFindings(well.replace(good, bad), expected).filter(({ state }) => state === 'failed');
    expect(failed).toEqual([{ name, state: 'failed', text: expect.stringContaining(text) as string }]);
  });

  it('is not judged where it does not say', () => {
    expect(
      states(judgeFindings('vcpus \nrubbish', { ...expected, cardClass: null, repository: null })),
    ).toEqual({
      vCPUs: 'skipped',
      memory: 'skipped',
      disk: 'skipped',
    });
  });

  it('is found by a script of any shell', async () => {
    const { stdout } = await execa('sh', ['-c', findingScript, 'protium', '/no;where']);
    expect(stdout).toMatch(/^vcpus \d+$/m);
    expect(stdout).toMatch(/^memory \d+$/m);
    expect(stdout).not.toContain('repository');
  });
});

function check(
  parts: Partial<HealthCheckParts>,
  statuses: readonly (string | Error)[],
  signal?: AbortSignal,
) {
  const answers = [...statuses];
  const said: string[] = [];
  const looking = createHealthCheck({
    banner: () => Promise.resolve('SSH-2.0-OpenSSH_9.9'),
    agentConnected: () => true,
    agent: {
      execute: (_uuid, program) => {
        const isFinding = program.arguments[1] === findingScript;
        const answer = isFinding ? well : answers.length > 1 ? answers.shift() : answers[0];
        if (answer instanceof Error) return Promise.reject(answer);
        const cut = (text: string) => ({ bytes: Buffer.from(text), truncated: false });
        return Promise.resolve({
          exitCode: 0,
          signal: null,
          output: cut(answer ?? ''),
          errorOutput: cut(''),
        });
      },
    },
    everyMs: 1,
    ...parts,
  });
  const guest = {
    uuid: 'a',
    address: '192.0.2.7',
    port: 22,
    expected,
    progress: (text: string) => said.push(text),
  };
  return looking(guest, signal ?? new AbortController().signal);
}

describe('looking at a guest', () => {
  it('waits for ssh, the agent and cloud-init', async () => {
    const banners = [null, 'HTTP/1.1 400', 'SSH-2.0-x'];
    const connected = [false, false, true];
    const checks = await check(
      {
        banner: () => Promise.resolve(banners.shift() ?? 'SSH-2.0-x'),
        agentConnected: () => connected.shift() ?? true,
      },
      [new ProtiumError('guest-refused', 'busy'), 'status: running', 'status: done\n'],
    );
    expect(states(checks)).toMatchObject({ ssh: 'passed', 'cloud-init': 'passed', cards: 'passed' });
  });

  it('says what is missing when time is up', async () => {
    const silent = await check({ banner: () => Promise.resolve(null), timeoutMs: 20 }, ['status: done']);
    expect(silent).toEqual([
      {
        name: 'ssh',
        state: 'failed',
        text: expect.stringContaining('Nothing says SSH on 192.0.2.7:22') as string,
      },
    ]);
    const running = await check({ timeoutMs: 20 }, ['status: running']);
    expect(running.at(-1)).toMatchObject({ name: 'cloud-init', state: 'failed' });
    expect(running.at(-1)?.text).toContain('status: running');
  });

  it('ends at an error of cloud-init', async () => {
    const checks = await check({}, ['status: error\n\u001b[31mboom']);
    expect(states(checks)).toEqual({ ssh: 'passed', 'cloud-init': 'failed' });
    expect(checks.at(-1)?.text).toContain('cloud-init-output.log');
    expect(checks.at(-1)?.text).not.toContain('\u001b');
  });

  it('goes without an agent, and without cloud-init', async () => {
    expect(states(await check({ agentConnected: () => null }, []))).toMatchObject({
      ssh: 'passed',
      'cloud-init': 'skipped',
    });
    expect(states(await check({ agentConnected: () => false, agentMs: 5 }, []))).toMatchObject({
      ssh: 'passed',
      'cloud-init': 'skipped',
    });
    expect(states(await check({}, ['none\n']))).toMatchObject({ 'cloud-init': 'skipped', vCPUs: 'passed' });
  });

  it('is called off', async () => {
    const controller = new AbortController();
    const looking = check({ banner: () => Promise.resolve(null) }, [], controller.signal);
    controller.abort(new Error('called off'));
    await expect(looking).rejects.toThrow('called off');
  });
});

describe('the first line of a port', () => {
  const listen = async (greeting: string): Promise<number> => {
    const server = createServer((socket) => socket.on('error', () => undefined).end(greeting));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return (server.address() as AddressInfo).port;
  };
  const banner = (port: number) => sshBanner('127.0.0.1', port, new AbortController().signal);

  it('is read, as far as a line may be', async () => {
    expect(await banner(await listen('SSH-2.0-x\r\nrubbish'))).toBe('SSH-2.0-x');
    expect(await banner(await listen('x'.repeat(70_000)))).toHaveLength(255);
    expect(await banner(await listen(''))).toBeNull();
  });

  it('is none where nobody listens', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(await banner(port)).toBeNull();
  });
});
