import { copyFile, cp, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';

const project = path.resolve(import.meta.dirname, '../..');

/**
 * Makes the disk that brings a run's files into the test host: Node as it runs here, the daemon as it is built, the key that
 * opens the host, and start.sh. So no change of code needs another image, and Node finds its modules on a local disk.
 *
 * @param directory gets `program.img`, and the keys `id` and `ssh_host_key`
 */
export async function makeProgramDisk(directory: string): Promise<string> {
  const root = path.join(directory, 'program');
  await mkdir(root);
  for (const key of ['id', 'ssh_host_key'])
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', key, '-f', path.join(directory, key)]);
  await copyFile(path.join(directory, 'id.pub'), path.join(root, 'authorized_keys'));
  await copyFile(path.join(directory, 'ssh_host_key'), path.join(root, 'ssh_host_key'));
  await copyFile(path.join(import.meta.dirname, 'start.sh'), path.join(root, 'start.sh'));
  await copyFile(process.execPath, path.join(root, 'node'));
  const page = 'internal/api/http/console/page';
  for (const part of ['dist', 'proto', 'xml', page, 'package.json', ...(await productionDependencies())])
    await cp(path.join(project, part), path.join(root, part), { recursive: true });
  const image = path.join(directory, 'program.img');
  await execa('mke2fs', ['-q', '-t', 'ext4', '-O', '^has_journal', '-d', root, image, '384M']);
  return image;
}

/** `node_modules/…` of all that the daemon needs, as npm wrote down what it installed. */
async function productionDependencies(): Promise<readonly string[]> {
  const { packages } = JSON.parse(
    await readFile(path.join(project, 'node_modules/.package-lock.json'), 'utf8'),
  ) as { packages: Record<string, { dev?: boolean; devOptional?: boolean }> };
  return Object.entries(packages)
    .filter(([, { dev, devOptional }]) => dev !== true && devOptional !== true)
    .map(([directory]) => directory);
}
