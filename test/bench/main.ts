import { cpus, totalmem } from 'node:os';
import { startPrivateHost, type PrivateHost } from '../host/private-host.ts';
import { benchAudit } from './audit.ts';
import { benchAuthorization } from './authorization.ts';
import { benchConsoles } from './consoles.ts';
import { benchDaemon, versions } from './daemon.ts';
import { benchDoor } from './door.ts';
import { benchDrivers } from './drivers.ts';
import { benchGpueater } from './gpueater-list.ts';
import { benchImages } from './images.ts';
import { benchInstances } from './instances.ts';
import { benchLeases } from './leases.ts';
import { benchPlacement } from './placement.ts';

const rooms: Readonly<Record<string, () => Promise<void> | void>> = {
  placement: benchPlacement,
  leases: benchLeases,
  audit: benchAudit,
  authorization: benchAuthorization,
  door: benchDoor,
  consoles: benchConsoles,
  drivers: () =>
    onHost('a', async (host) => {
      console.log(
        `# ${new Date().toISOString().slice(0, 10)}, ${cpus().length} CPUs, ${Math.round(totalmem() / 2 ** 30)} GiB`,
      );
      console.log(await versions(host));
      await benchDrivers(host.uri);
    }),
  daemon: () =>
    onHost('b', async (host) => {
      await benchDaemon(host);
      await benchImages(host);
    }),
  instances: () => onHost('c', benchInstances),
  gpueater: () => onHost('d', benchGpueater),
};

async function onHost(name: string, use: (host: PrivateHost) => Promise<void>): Promise<void> {
  const host = await startPrivateHost(`protium-bench-${process.pid}-${name}`);
  try {
    await use(host);
  } finally {
    await host.down();
  }
}

/**
 * `npm run bench`: prints the tables of docs/performance.md, or those that are named: `npm run bench -- authorization door`.
 * All figures of a table come from one run, in a private libvirt host; compare within a run, not between runs.
 */
const named = process.argv.slice(2);
const unknown = named.filter((name) => !Object.hasOwn(rooms, name));
if (unknown.length > 0) {
  throw new Error(
    `There is nothing to measure of ${unknown.join(', ')}; there is ${Object.keys(rooms).join(', ')}.`,
  );
}
for (const [name, bench] of Object.entries(rooms)) {
  if (named.length === 0 || named.includes(name)) await bench();
}
