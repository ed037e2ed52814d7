import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LibvirtConnectionError } from '../../../../internal/libvirt/error.ts';
import { createRpcClient } from '../../../../internal/libvirt/rpc/client.ts';
import { connect } from '../../../../internal/libvirt/rpc/wire/procedures/connect.ts';
import { FakeLibvirtd } from './fake-libvirtd.ts';

let server: FakeLibvirtd;

beforeEach(async () => {
  server = await FakeLibvirtd.start();
  server.answer(connect.getHostname, { hostname: 'here' });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await server.remove();
});

/** One call at the URI, then the end of the client. */
async function hostname(uri: string): Promise<string> {
  const client = createRpcClient({ uri });
  try {
    return await client.host.hostname();
  } finally {
    await client.close();
  }
}

describe('tcp', () => {
  it('reaches a server at a host and port', async () => {
    await server.stop();
    await server.listen(0);
    expect(await hostname(`qemu+tcp://127.0.0.1:${server.port}/system`)).toBe('here');
  });

  it('names the address that does not answer', async () => {
    await server.stop();
    await server.listen(0);
    const { port } = server;
    await server.stop();
    await expect(hostname(`qemu+tcp://127.0.0.1:${port}/system`)).rejects.toThrow(`127.0.0.1:${port}`);
    await server.listen();
  });
});

describe('unix', () => {
  it('takes the modular daemon when the one for all does not listen', async () => {
    vi.spyOn(process, 'geteuid').mockReturnValue(1000);
    vi.stubEnv('XDG_RUNTIME_DIR', server.directory);
    await mkdir(path.join(server.directory, 'libvirt'));
    await server.stop();
    // A socket that nobody listens at, as a crashed libvirtd leaves it, would do too.
    const modular = path.join(server.directory, 'libvirt/virtqemud-sock');
    vi.spyOn(server, 'socketPath', 'get').mockReturnValue(modular);
    await server.listen();
    expect(await hostname('qemu:///session')).toBe('here');
    vi.restoreAllMocks();
  });
});

describe('ssh', () => {
  /** In place of ssh: connects its standard input and output to the socket that the remote nc would. */
  const standIn = `#!/usr/bin/env node
const fs = require('node:fs');
const net = require('node:net');
fs.writeFileSync(__dirname + '/pid', String(process.pid));
if (process.argv.includes('nobody')) {
  process.stderr.write('ssh: Could not resolve hostname nobody\\n');
  process.exit(255);
}
const socket = net.connect(/'(.*)'/.exec(process.argv.at(-1))[1]);
process.stdin.pipe(socket).pipe(process.stdout);
`;

  beforeEach(async () => {
    await writeFile(path.join(server.directory, 'ssh'), standIn, { mode: 0o755 });
    vi.stubEnv('PATH', `${server.directory}:${process.env['PATH'] ?? ''}`);
  });

  it('makes calls through the process, which ends with the client', async () => {
    const client = createRpcClient({
      uri: `qemu+ssh://somebody@somewhere/system?proxy=netcat&socket=${server.socketPath}`,
    });
    expect(await client.host.hostname()).toBe('here');
    const pid = Number(await readFile(path.join(server.directory, 'pid'), 'utf8'));
    expect(process.kill(pid, 0)).toBe(true);
    await client.close();
    await vi.waitFor(() => {
      expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    });
  });

  it('reports what ssh said when it fails', async () => {
    const failure = hostname('qemu+ssh://nobody/system');
    await expect(failure).rejects.toBeInstanceOf(LibvirtConnectionError);
    await expect(failure).rejects.toThrow('Could not resolve hostname nobody');
  });

  it('that is not installed rejects', async () => {
    vi.stubEnv('PATH', path.join(server.directory, 'empty'));
    await expect(hostname('qemu+ssh://somewhere/system')).rejects.toBeInstanceOf(LibvirtConnectionError);
  });
});
