import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { deviceArguments } from './devices.ts';
import { makeProgramDisk } from './program-disk.ts';
import type { TestHostAddress } from './test-host.ts';

const kernelArguments =
  'console=ttyS0 quiet panic=-1 intel_iommu=on iommu=pt mitigations=off nokaslr audit=0';

export interface BootedHost {
  readonly address: TestHostAddress;
  end(): Promise<void>;
}

/**
 * Boots the test host: an emulated machine with an IOMMU and the devices of devices.ts, which is reached by ssh and HTTP over
 * loopback and reaches nobody. Its processor's SVM is emulated too, so that VMs on it run on KVM.
 *
 * @param image the directory that image/build.sh filled; the image stays as it is
 */
export async function bootTestHost(image: string): Promise<BootedHost> {
  const directory = await mkdtemp(path.join(tmpdir(), 'protium-test-host-'));
  const [sshPort, httpPort] = [await freePort(), await freePort()];
  const sshConfig = path.join(directory, 'ssh_config');
  await makeHostDisk(directory);
  await makeProgramDisk(directory);
  await writeFile(sshConfig, await sshConfiguration(directory, sshPort));
  // It must not outlive this process, however that ends.
  const qemu = execa(
    'setpriv',
    ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...machineArguments(directory, image, sshPort)],
    { stdin: 'ignore', reject: false, buffer: false },
  );
  const end = async (): Promise<void> => {
    qemu.kill('SIGKILL');
    await qemu;
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await new Promise<void>((resolve, reject) => {
      const console: string[] = [];
      createInterface({ input: qemu.stdout }).on('line', (line) => {
        console.push(line);
        if (line.startsWith('TEST-HOST READY')) resolve();
      });
      createInterface({ input: qemu.stderr }).on('line', (line) => console.push(line));
      void qemu.then(() => {
        reject(new Error(`the test host ended:\n${console.slice(-20).join('\n')}`));
      });
    });
    const forward = `127.0.0.1:${httpPort}:127.0.0.1:9021`;
    // Goes to the background when it is connected, and ends with the host; all other ssh commands go through it.
    await execa('ssh', ['-F', sshConfig, '-f', '-M', '-N', '-L', forward, 'test-host'], { stdio: 'ignore' });
    return { address: { sshConfig, http: `http://127.0.0.1:${httpPort}` }, end };
  } catch (error) {
    await end();
    throw error;
  }
}

function machineArguments(directory: string, image: string, sshPort: number): readonly string[] {
  const disk = (file: string, id: string, more: string, slot: number): readonly string[] => [
    ...['-drive', `file=${file},format=raw,if=none,id=${id},${more}`],
    ...['-device', `virtio-blk-pci,drive=${id},addr=${slot}`],
  ];
  return [
    ...['-machine', 'q35,kernel-irqchip=off', '-accel', 'tcg,thread=multi', '-cpu', 'max'],
    ...['-smp', '2', '-m', '3072', '-nodefaults', '-no-reboot', '-display', 'none'],
    ...['-device', 'intel-iommu,intremap=on,caching-mode=on', '-serial', 'stdio'],
    ...['-kernel', path.join(image, 'vmlinux'), '-initrd', path.join(image, 'initrd')],
    ...['-append', kernelArguments],
    ...disk(path.join(image, 'root.img'), 'root', 'snapshot=on,cache=unsafe', 3),
    ...disk(path.join(directory, 'program.img'), 'program', 'readonly=on', 4),
    ...['-netdev', `user,id=ssh,restrict=on,hostfwd=tcp:127.0.0.1:${sshPort}-:22`],
    ...['-device', 'virtio-net-pci,netdev=ssh,addr=5'],
    ...deviceArguments(path.join(directory, 'host-disk.img')),
  ];
}

async function makeHostDisk(directory: string): Promise<void> {
  await execa('mke2fs', ['-q', '-t', 'ext4', path.join(directory, 'host-disk.img'), '16M']);
}

async function sshConfiguration(directory: string, port: number): Promise<string> {
  const hostKey = await readFile(path.join(directory, 'ssh_host_key.pub'), 'utf8');
  const knownHosts = path.join(directory, 'known_hosts');
  await writeFile(knownHosts, `test-host ${hostKey}`);
  return [
    'Host test-host',
    'HostName 127.0.0.1',
    `Port ${port}`,
    'User root',
    'HostKeyAlias test-host',
    `IdentityFile ${path.join(directory, 'id')}`,
    'IdentitiesOnly yes',
    `UserKnownHostsFile ${knownHosts}`,
    `ControlPath ${path.join(directory, 'ssh')}`,
    'ExitOnForwardFailure yes',
    'BatchMode yes',
    'LogLevel ERROR',
    '',
  ].join('\n');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
