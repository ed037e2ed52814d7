import type { PrivateHost } from '../host/private-host.ts';

/** What goes wrong while clients work, by the number of what was done so far. */
export async function chaos(host: PrivateHost, done: number): Promise<string | null> {
  if (done % 400 === 399) {
    await host.killLibvirtd();
    await host.startLibvirtd();
    return 'libvirtd was killed and started again';
  }
  if (done % 150 === 149) {
    const { stdout } = await host.run('pgrep', ['-f', 'qemu-system.*guest=soak-'], { reject: false });
    const [first] = stdout.split('\n').filter(Boolean);
    if (first === undefined) return null;
    await host.run('kill', ['-9', first], { reject: false });
    return 'a guest was killed';
  }
  return null;
}
