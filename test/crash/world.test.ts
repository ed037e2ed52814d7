import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPrivateHost, type PrivateHost } from '../host/private-host.ts';
import { makePool, virshOn } from './bench.ts';
import { difference, readWorld } from './world.ts';

let host: PrivateHost;

beforeAll(async () => {
  host = await startPrivateHost(`protium-world-${process.pid}`);
}, 120_000);

afterAll(() => host.down());

// A comparison that sees nothing finds no difference.
it('what libvirt has is seen, and each change of it', async () => {
  const seen = async () => readWorld(host, null);
  const added = async (...changes: string[][]): Promise<readonly string[]> => {
    const before = await seen();
    for (const change of changes) await virshOn(host, ...change);
    return difference(before, await seen());
  };
  const beforePool = await seen();
  await makePool(host, 'watched');
  expect(difference(beforePool, await seen())).toContain('+ pool-watched: <name>watched</name>');
  expect(await added(['vol-create-as', 'watched', 'disk.img', '1M'])).toContain(
    '+ pool-watched: disk.img /var/lib/libvirt/images/watched/disk.img',
  );
  expect(await added(['net-start', 'default'])).toContain('+ network-default: Active: yes');
  const entry = `<host mac='52:54:00:00:00:01' ip='192.168.122.9'/>`;
  expect(await added(['net-update', 'default', 'add', 'ip-dhcp-host', entry, '--config'])).toContain(
    `+ network-default: <host mac='MAC' ip='192.168.122.9'/>`,
  );
  const domain = `<domain type='qemu'><name>watched</name><memory>65536</memory><os><type arch='x86_64' machine='q35'>hvm</type></os></domain>`;
  await host.run('bash', ['-c', `echo "${domain}" > /run/watched.xml`]);
  expect(await added(['define', '/run/watched.xml'])).toEqual(
    expect.arrayContaining(['+ definition: <name>watched</name>', '+ domain: State: shut off']),
  );
  expect(await added(['start', 'watched'])).toEqual(
    expect.arrayContaining([
      '+ active: <name>watched</name>',
      '+ domain: State: running',
      '- domain: State: shut off',
    ]),
  );
  expect(await added(['suspend', 'watched'])).toContain('+ domain: State: paused');
  expect(await added(['destroy', 'watched'], ['undefine', 'watched'])).toContain(
    '- definition: <name>watched</name>',
  );
});
