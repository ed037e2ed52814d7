import { cpus, totalmem } from 'node:os';
import { startPrivateHost } from '../host/private-host.ts';
import { benchAudit } from './audit.ts';
import { benchConsoles } from './consoles.ts';
import { benchDaemon, versions } from './daemon.ts';
import { benchDrivers } from './drivers.ts';
import { benchGpueater } from './gpueater-list.ts';
import { benchImages } from './images.ts';
import { benchInstances } from './instances.ts';
import { benchLeases } from './leases.ts';
import { benchPlacement } from './placement.ts';

/**
 * `npm run bench`: prints the tables of docs/performance.md. All figures of a table come from one run, in a private
 * libvirt host; compare within a run, not between runs.
 */
await benchPlacement();
benchLeases();
await benchAudit();
await benchConsoles();
const drivers = await startPrivateHost(`protium-bench-${process.pid}-a`);
try {
  console.log(
    `# ${new Date().toISOString().slice(0, 10)}, ${cpus().length} CPUs, ${Math.round(totalmem() / 2 ** 30)} GiB`,
  );
  console.log(await versions(drivers));
  await benchDrivers(drivers.uri);
} finally {
  await drivers.down();
}
const daemon = await startPrivateHost(`protium-bench-${process.pid}-b`);
try {
  await benchDaemon(daemon);
  await benchImages(daemon);
} finally {
  await daemon.down();
}
const instances = await startPrivateHost(`protium-bench-${process.pid}-c`);
try {
  await benchInstances(instances);
} finally {
  await instances.down();
}
const rented = await startPrivateHost(`protium-bench-${process.pid}-d`);
try {
  await benchGpueater(rented);
} finally {
  await rented.down();
}
