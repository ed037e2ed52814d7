import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { privateHost, type PrivateHost } from '../host/private-host.ts';
import { cliProgram, runCli, type CliRun } from './cli-process.ts';
import { call, createWorkspace, startDaemonProcess, type DaemonUnderTest, type Workspace } from './daemon.ts';

const pool = 'protium-cli';

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonUnderTest;
let files: string;

const virsh = async (...args: string[]): Promise<string> =>
  (await host.run('virsh', ['-q', '-c', 'qemu:///system', ...args], { reject: false })).stdout.trim();

const protium = (...args: string[]): Promise<CliRun> => runCli(daemon.grpc, args);

const succeeded = async (...args: string[]): Promise<string> => {
  const run = await protium(...args);
  expect(run).toMatchObject({ exitCode: 0 });
  return run.stdout;
};

const json = async (...args: string[]): Promise<Record<string, unknown>> =>
  JSON.parse(await succeeded(...args, '-o', 'json')) as Record<string, unknown>;

/** A config for `web`, as a file. */
async function configFile(name: string, lines: readonly string[]): Promise<string> {
  const file = path.join(files, name);
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

const lines = [
  'info: { vm_name: web }',
  'slots: 1',
  'ramsize: 128',
  'overprovision: 10',
  'has_network: false',
  'volumes: [{ size_gb: 0.1 }]',
];

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
  workspace = await createWorkspace();
  files = await mkdtemp(path.join(tmpdir(), 'protium-cli-'));
  daemon = await startDaemonProcess({
    libvirtUri: host.uri,
    workingDirectory: workspace.directory,
    stateDirectory: workspace.stateDirectory,
    env: { PROTIUM_STORAGE_POOL: pool, PROTIUM_STORAGE_DIRECTORY: `/var/lib/libvirt/images/${pool}` },
  });
  await vi.waitFor(async () => {
    expect((await call(daemon, 'GET', '/statusjson')).status).toBe(200);
  }, 30_000);
});

afterAll(async () => {
  await daemon.end();
  await virsh('pool-destroy', pool);
  await virsh('pool-undefine', pool);
  await workspace.remove();
  await rm(files, { recursive: true, force: true });
});

describe('protium', () => {
  it('makes an instance, shows, stops, starts, changes and deletes it', async () => {
    const file = await configFile('web.yaml', lines);
    expect(await succeeded('plan', '-f', file)).toContain('128 MiB');
    expect(await succeeded('create', '-f', file, '--dry-run')).toContain('128 MiB');
    expect(await virsh('list', '--all', '--name')).toBe('');

    const made = await json('create', '-f', file);
    expect(made).toMatchObject({ operation: { state: 'OPERATION_STATE_SUCCEEDED' } });
    expect(await virsh('domstate', 'web')).toBe('running');
    expect(await succeeded('list', '-o', 'name')).toBe('web');
    expect(await succeeded('list', '--state', 'shutoff', '-o', 'name')).toBe('');
    expect(await succeeded('list')).toMatch(/^NAME {2}STATE .*\nweb {3}running {2}1 +128 MiB/);
    const { instance } = await json('get', 'web');
    // What HTTP gives.
    expect({ instance }).toEqual((await call(daemon, 'GET', '/v1/instances/web')).body);
    expect(instance).toMatchObject({ uuid: made['uuid'], state: 'DOMAIN_STATE_RUNNING', memoryMib: '128' });
    expect(await succeeded('get', 'web', '-o', 'yaml')).toContain('state: DOMAIN_STATE_RUNNING');
    expect(await succeeded('domain', 'list', '-o', 'name')).toBe('web');
    expect(await succeeded('domain', 'get', 'web')).toContain('128 MiB');

    expect(await succeeded('stop', 'web', '--force')).toBe('web is stopped');
    expect(await virsh('domstate', 'web')).toBe('shut off');
    expect(await succeeded('start', 'web', '--suspended')).toBe('web is started, suspended');
    expect(await succeeded('resume', 'web')).toBe('web goes on');

    expect(await json('apply', '-f', file)).toEqual({
      name: 'web',
      action: 'none',
      dryRun: false,
      changes: [],
    });
    const tagged = await configFile('tagged.yaml', [...lines, 'vm_tags: [blue, green]', 'autostart: true']);
    const wouldChange = await succeeded('apply', '-f', tagged, '--dry-run');
    expect(wouldChange).toContain('~ vm_tags: [] → ["blue","green"]');
    expect(await succeeded('list', '--tag', 'blue', '-o', 'name')).toBe('');
    expect(await succeeded('apply', '-f', tagged)).toContain('web is changed');
    expect(await succeeded('list', '--tag', 'blue', '--tag', 'green', '-o', 'name')).toBe('web');
    // What a config does not say stays.
    expect(await json('apply', '-f', file)).toMatchObject({ action: 'none' });
    expect(await json('apply', '-f', tagged)).toMatchObject({ action: 'none' });

    const grown = await configFile(
      'grown.yaml',
      lines.map((line) => line.replace('128', '256')),
    );
    const refused = await protium('apply', '-f', grown);
    expect(refused).toMatchObject({
      exitCode: 6,
      stdout: '~ ramsize: 128 → 256  (needs a new instance)',
    });
    expect(refused.stderr).toMatch(/^protium: .*ramsize.* \(needs-new-instance\)$/);

    const updated = await json('update', 'web', '--no-autostart', '--description', 'mine', '--no-tag');
    expect(updated).toMatchObject({ instance: { autostart: false, description: 'mine', tags: [] } });

    const late = await protium('update', 'web', '--tag', 'late', '--etag', 'old');
    expect(late).toMatchObject({ exitCode: 4 });
    expect(await succeeded('delete', 'web')).toBe('web is deleted');
    expect(await virsh('list', '--all', '--name')).toBe('');
    expect(await virsh('vol-list', pool)).toBe('');
    const { operations } = (await json('operation', 'list', '--kind', 'instance.stop')) as {
      operations: { id: string }[];
    };
    const id = operations[0]?.id ?? '';
    expect(await succeeded('operation', 'get', id)).toContain('succeeded');
    expect(await succeeded('operation', 'wait', id, '-o', 'name')).toBe(id);
    expect(await succeeded('operation', 'watch', id)).toContain('succeeded  100 %');
    expect(await protium('operation', 'cancel', id)).toMatchObject({ exitCode: 4 });
  });

  it('applies what is not there, and tells events as they come', async () => {
    const events = spawn(process.execPath, [cliProgram, 'events', '--kind', 'domain', '-o', 'json'], {
      env: { ...process.env, PROTIUM_ADDRESS: daemon.grpc },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let seen = '';
    events.stdout.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    const toml = await configFile('two.toml', ['slots = 1', 'ramsize = 128', 'overprovision = 10']);
    // The stream says nothing when it begins: something must happen until it is seen.
    await vi.waitFor(
      async () => {
        await succeeded('apply', 'two', '-f', toml);
        await succeeded('delete', 'two', '--yes');
        expect(seen).toContain('"removed"');
      },
      { timeout: 60_000 },
    );
    const kinds = seen.trim().split('\n');
    expect(kinds.map((line) => JSON.parse(line) as unknown)).toContainEqual({
      event: expect.objectContaining({ kind: 'domain', name: 'two', state: 'running' }) as unknown,
    });
    const ended = once(events, 'exit');
    events.kill('SIGINT');
    await ended;
  });

  it('changes several at once, and tells of each that could not be', async () => {
    const flags = ['--slots', '1', '--memory', '128MiB', '--network', 'none'];
    await Promise.all(['one', 'two'].map((name) => succeeded('create', name, ...flags)));
    const mixed = await protium('stop', 'one', 'nobody', 'two', '--force');
    expect(mixed).toMatchObject({ exitCode: 3, stdout: 'one is stopped\ntwo is stopped' });
    expect(mixed.stderr).toContain('nobody');
    const tried = await protium('start', 'one', 'nobody', '--dry-run');
    expect(tried).toMatchObject({ exitCode: 3, stdout: 'one could be started' });
    const begun = await json('start', 'one', '--no-wait');
    const { id } = begun['operation'] as { id: string };
    await succeeded('operation', 'wait', id);
    for (const [action, could] of [
      ['stop', 'one could be stopped'],
      ['reboot', 'one could be asked to reboot'],
      ['reset', 'one could be reset'],
      ['suspend', 'one could be suspended'],
      ['resume', 'one could be resumed'],
    ] as const) {
      expect(await succeeded(action, 'one', '--dry-run')).toBe(could);
    }
    expect(await succeeded('update', 'one', '--description', 'new', '--dry-run')).toBe(
      'one could be changed',
    );
    const removal = await protium('delete', 'one', '--dry-run');
    expect(removal).toMatchObject({ exitCode: 0, stdout: 'one could be deleted' });
    expect(removal.stderr).toContain('note: "one" runs');
    expect(await virsh('domstate', 'one')).toBe('running');
    expect(await succeeded('delete', 'one', 'two', '-o', 'name')).toBe('one\ntwo');
  });

  it('leaves an operation alone at Ctrl-C, and says how to find it', async () => {
    await succeeded('create', 'deaf', '--slots', '1', '--memory', '128', '--network', 'none');
    // There is no system in it that could heed the button: the stop takes its time.
    const stop = spawn(process.execPath, [cliProgram, 'stop', 'deaf', '--timeout', '600'], {
      env: { ...process.env, PROTIUM_ADDRESS: daemon.grpc },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    stop.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = once(stop, 'exit') as Promise<[number | null]>;
    const running = await vi.waitFor(async () => {
      const id = await succeeded('operation', 'list', '--state', 'running', '-o', 'name');
      expect(id).not.toBe('');
      return id;
    }, 20_000);
    stop.kill('SIGINT');
    expect((await ended)[0]).toBe(130);
    expect(stderr).toContain(`protium operation cancel ${running}`);
    expect(await succeeded('operation', 'cancel', running, '--dry-run')).toBe(
      `${running} could be cancelled`,
    );
    expect(await succeeded('operation', 'list', '--state', 'running', '-o', 'name')).toBe(running);
    await succeeded('operation', 'cancel', running);
    const cancelled = await protium('operation', 'watch', running);
    expect(cancelled.exitCode).toBe(1);
    expect(await virsh('domstate', 'deaf')).toBe('running');
    await succeeded('delete', 'deaf');
  });

  it('says why this host cannot give a config', async () => {
    const file = await configFile('huge.json', ['{"slots": 1, "ramsize": 16000000, "has_network": false}']);
    const planned = await protium('plan', '-f', file);
    expect(planned).toMatchObject({ exitCode: 4, stdout: '' });
    expect(planned.stderr).toMatch(/^protium: .* \(host-incapable\)\n {2}- memory\S*: /);
    const made = await protium('create', 'huge', '-f', file, '-o', 'json');
    expect(made).toMatchObject({ exitCode: 4, stdout: '' });
    expect(JSON.parse(made.stderr)).toMatchObject({ code: 'host-incapable', exitCode: 4 });
    expect((JSON.parse(made.stderr) as { reasons: string[] }).reasons[0]).toMatch(/^memory/);
  });

  it.each([
    ['list', '--address', '127.0.0.1:1'],
    ['events', '--address', '127.0.0.1:1'],
  ])('ends with 5 when no daemon answers: %s', async (...args) => {
    const run = await protium(...args);
    expect(run.exitCode).toBe(5);
    expect(run.stderr).toMatch(/^protium: No Protium daemon answers at 127.0.0.1:1 .*\(unreachable\)$/);
  });

  it('says what else answers', async () => {
    const run = await protium('list', '--address', daemon.http.replace('http://', ''));
    expect(run.exitCode).toBe(5);
  });

  it.each([
    [['get', 'nobody'], 3, 'not-found'],
    [['lst'], 2, 'Did you mean list?'],
    [['stop'], 2, "missing required argument 'instance'"],
    [['update', 'x'], 2, 'Say what to change'],
    [['create', 'Upper', '--slots', '1', '--memory', '128'], 2, 'argument-invalid'],
    [['create', 'x', '--slots', '0'], 2, 'whole number'],
    [['plan', '-f', '/nowhere/x.yaml'], 2, 'there is no such file'],
  ] as const)('refuses %j', async (args, exitCode, text) => {
    const run = await protium(...args);
    expect(run).toMatchObject({ exitCode, stdout: '' });
    expect(run.stderr).toContain(text);
  });

  it('reads stdin, and says where it cannot', async () => {
    const run = await runCli(daemon.grpc, ['plan', '-f', '-'], { input: '{"slots": 1,\n "ramsize": x}' });
    expect(run).toMatchObject({ exitCode: 2 });
    expect(run.stderr).toContain('stdin:2:13: ');
  });

  it('completes in bash', async () => {
    await succeeded('create', 'tabbed', '--slots', '1', '--memory', '128', '--network', 'none');
    const script = [
      `protium() { ${process.execPath} ${cliProgram} "$@"; }`,
      'source <(protium completion bash)',
      'COMP_WORDS=("$@")',
      'COMP_CWORD=$(($# - 1))',
      '_protium',
      'printf "%s\\n" "${COMPREPLY[@]}"',
    ].join('\n');
    const completed = async (...words: string[]): Promise<string> =>
      (
        await execa('bash', ['-c', script, 'bash', 'protium', ...words], {
          env: { PROTIUM_ADDRESS: daemon.grpc },
        })
      ).stdout;
    expect(await completed('sus')).toBe('suspend');
    expect(await completed('stop', '--o')).toBe('--only-ask\n--output');
    expect(await completed('stop', 'ta')).toBe('tabbed');
    expect(await completed('-o', 'j')).toBe('json');
    expect(await completed('plan', '-f', path.join(files, 'huge'))).toBe(path.join(files, 'huge.json'));
    await succeeded('delete', 'tabbed');
  });

  it.each(['bash', 'zsh', 'fish'])(
    'has a completion script for %s, which it can read where it is installed',
    async (shell) => {
      const { stdout } = await protium('completion', shell);
      expect(stdout).toContain('complete --');
      const found = await execa('which', [shell], { reject: false });
      if (found.exitCode === 0) await execa(shell, ['-n'], { input: stdout });
    },
  );
});
