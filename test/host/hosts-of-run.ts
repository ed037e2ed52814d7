import { inject } from 'vitest';

/** Name of the private host of this worker, for `privateHost(name)`: files that run at once never share one. */
export function hostOfWorker(): string {
  return ofWorker(inject('privateHosts'));
}

/** Socket of that host's libvirtd. */
export function libvirtSocketOfWorker(): string {
  return ofWorker(inject('libvirtSockets'));
}

/** Workers are numbered from 1; a project that runs its files one by one has one. */
function ofWorker(values: readonly string[]): string {
  const value = values[Number(process.env['VITEST_POOL_ID']) - 1];
  if (value === undefined)
    throw new Error(`There is no private host for worker ${process.env['VITEST_POOL_ID']}.`);
  return value;
}
