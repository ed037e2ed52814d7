import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type PrivateHost, startPrivateHost } from '../host/private-host.ts';

const projectDirectory = path.resolve(import.meta.dirname, '../..');
const startLibvirtd = path.join(projectDirectory, 'cmd/setup/start-libvirtd.sh');
const name = 'setuplab';
const domain = `<domain type='qemu'><name>${name}</name><uuid>${randomUUID()}</uuid><memory unit='MiB'>64</memory>
<os><type arch='x86_64' machine='q35'>hvm</type></os><devices><console type='pty'/></devices></domain>`;

let host: PrivateHost;

beforeAll(async () => {
  host = await startPrivateHost(`protium-setup-${process.pid}`);
  await host.run('bash', [path.join(import.meta.dirname, 'setup-machine.sh'), host.directory]);
});

afterAll(() => host.down());

/** A plain virsh beside the daemon: no socket named, nothing of ours in between. */
async function virsh(...words: string[]): Promise<string> {
  return (await host.run('virsh', ['-q', '-c', 'qemu:///system', ...words])).stdout.trim();
}

async function start(): Promise<{ exitCode: number | undefined; stdout: string }> {
  const { exitCode, stdout } = await host.run('bash', [startLibvirtd], { reject: false });
  return { exitCode, stdout };
}

async function pidOf(daemon: string): Promise<string> {
  return (await host.run('cat', [`/run/${daemon}.pid`])).stdout.trim();
}

async function gone(pid: string): Promise<void> {
  await vi.waitFor(
    async () => {
      expect((await host.run('test', ['-e', `/proc/${pid}`], { reject: false })).exitCode).toBe(1);
    },
    { timeout: 30_000, interval: 50 },
  );
}

const withoutKvm =
  'protium: /dev/kvm is there but cannot be used: virtual machines are emulated, without hardware acceleration';

describe('libvirtd on a machine without a service manager and with a kvm that does not work', () => {
  it('is started on the usual socket', async () => {
    expect(await start()).toEqual({ exitCode: 0, stdout: withoutKvm });
    expect(await virsh('list', '--all')).toBe('');
  });

  it('cannot open that kvm, sees every other device of the machine, and does not offer kvm domains', async () => {
    const inside = (...command: string[]) =>
      pidOf('libvirtd').then((pid) =>
        host.run('nsenter', ['--target', pid, '--mount', ...command], { reject: false }),
      );
    expect((await inside('dd', 'if=/dev/kvm', 'count=0')).stderr).toContain('Permission denied');
    const names = (await host.run('ls', ['/dev'])).stdout;
    expect((await inside('ls', '/dev')).stdout).toBe(names);
    expect(await virsh('capabilities')).not.toContain("<domain type='kvm'");
  });

  it('runs machines, and a second start changes nothing', async () => {
    await host.run('sh', ['-c', 'cat > /run/domain.xml'], { input: domain });
    await virsh('define', '/run/domain.xml');
    await virsh('start', name);
    const pid = await pidOf('libvirtd');
    expect(await start()).toEqual({ exitCode: 0, stdout: '' });
    expect(await pidOf('libvirtd')).toBe(pid);
    expect(await virsh('list', '--name')).toBe(name);
  });

  it('has its detached machines reaped by a process of its own, not by PID 1', async () => {
    const qemu = (await host.run('cat', [`/run/libvirt/qemu/${name}.pid`])).stdout;
    const status = (await host.run('cat', [`/proc/${qemu}/status`])).stdout;
    const parent = /^PPid:\s*(\d+)$/m.exec(status)?.[1] ?? '';
    expect((await host.run('cat', [`/proc/${parent}/comm`])).stdout).toBe('tini');
  });

  it('is started again after a crash, and finds the running machine', async () => {
    const pid = await pidOf('libvirtd');
    await oldEnoughToBeStartedAgain(pid);
    await host.run('kill', ['-9', pid]);
    await vi.waitFor(async () => expect(await pidOf('libvirtd')).not.toBe(pid), {
      timeout: 30_000,
      interval: 50,
    });
    await vi.waitFor(async () => expect(await virsh('list', '--name')).toBe(name), {
      timeout: 30_000,
      interval: 50,
    });
  });

  it('stays away when it is stopped; the machine goes on, and the next start takes it over', async () => {
    const pid = await pidOf('libvirtd');
    await host.run('kill', [pid]);
    await gone(pid);
    expect((await host.run('virsh', ['-c', 'qemu:///system', 'list'], { reject: false })).exitCode).toBe(1);
    expect(await start()).toEqual({ exitCode: 0, stdout: withoutKvm });
    expect(await virsh('list', '--name')).toBe(name);
    await virsh('destroy', name);
  });

  it('is started by the set-up itself, virtlogd too if only that is missing', async () => {
    const setup = () =>
      host.run(
        'bash',
        [
          '-c',
          `source cmd/setup/say.sh; source cmd/setup/libvirt.sh; root=$PWD; has_systemd() { false; }; ensure_libvirtd`,
        ],
        { cwd: projectDirectory },
      );
    expect((await setup()).stdout).toBe('');
    const pid = await pidOf('virtlogd');
    await host.run('kill', [pid]);
    await gone(pid);
    expect((await setup()).stdout).toBe('protium: starting libvirtd (this machine has no service manager)');
    expect(await pidOf('virtlogd')).not.toBe(pid);
    await virsh('start', name);
    await virsh('destroy', name);
  });
});

/** libvirtd that ends within three seconds is taken for one that cannot run. */
async function oldEnoughToBeStartedAgain(pid: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const { stdout } = await host.run('ps', ['-o', 'etimes=', '-p', pid]);
      expect(Number(stdout)).toBeGreaterThan(3);
    },
    { timeout: 30_000, interval: 100 },
  );
}
