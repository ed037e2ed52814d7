import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { LibvirtError } from '../../libvirt/error.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { DomainRef } from '../../libvirt/objects.ts';
import { withoutEffect, type Step, type StepRun } from '../../operations/definition.ts';
import { orAbsent } from './absent.ts';
import { findClosedDirectory } from './closed-directory.ts';
import type { CreateFromDocuments } from './shape.ts';

/** Brings the domain to `running`: starts it, or resumes it when it is paused. */
export function startDomain(client: LibvirtClient): Step<CreateFromDocuments, 'start-domain'> {
  return {
    name: 'start-domain',
    title: 'start the domain',
    async intent(run) {
      const { state } = await client.domains.state(domainOf(run));
      switch (state) {
        case 'running':
        case 'blocked':
          return { action: 'none' };
        case 'paused':
          return { action: 'resume' };
        case 'shutoff':
        case 'crashed':
        case 'nostate':
          return { action: 'create' };
        case 'shutdown':
        case 'pmsuspended':
          throw new ProtiumError(
            'state-conflict',
            `The domain "${run.input.domain.name}" is ${state === 'shutdown' ? 'just shutting down' : 'suspended by its guest'}; ` +
              `${state === 'shutdown' ? 'try again when it is off' : 'wake it up (virsh dompmwakeup)'}.`,
            { details: { state } },
          );
      }
    },
    async do(run, { action }) {
      if (action === 'create') await start(client, run);
      if (action === 'resume') await client.domains.resume(domainOf(run));
    },
    async verify(run) {
      return (await client.domains.state(domainOf(run))).state === 'running' ? 'done' : 'absent';
    },
    async undo(run, { action }) {
      if (action === 'none') return;
      const domain = await orAbsent(client.domains.lookupByUuid(domainOf(run).uuid), virError.noDomain);
      if (domain === null) return;
      const { state } = await client.domains.state(domain);
      if (action === 'create' && state !== 'shutoff') await client.domains.destroy(domain);
      if (action === 'resume' && state === 'running') await client.domains.suspend(domain);
    },
    leftBehind: ({ input: { domain } }) =>
      `the running domain "${domain.name}": virsh destroy ${domain.name}`,
  };
}

/**
 * After a fresh start: goes back to the domain's current snapshot, if it has one, as the original Cocos manager did;
 * then makes sure that the domain really runs.
 */
export function revertToSnapshot(client: LibvirtClient): Step<CreateFromDocuments, 'revert-to-snapshot'> {
  return {
    name: 'revert-to-snapshot',
    title: 'go back to the current snapshot',
    async do(run) {
      const domain = domainOf(run);
      if (run.data('start-domain').action === 'create') {
        const snapshot = await client.snapshots.current(domain);
        if (snapshot !== null) await client.snapshots.revert(snapshot, { running: true });
      }
      const { state, reason } = await client.domains.state(domain);
      if (state === 'running' || state === 'blocked') return;
      throw new ProtiumError(
        'state-conflict',
        `The domain "${run.input.domain.name}" was started but is ${state} now. Its log says why: ` +
          `/var/log/libvirt/qemu/${run.input.domain.name}.log.`,
        { details: { state, reason } },
      );
    },
  };
}

async function start(client: LibvirtClient, run: StepRun<CreateFromDocuments>): Promise<void> {
  try {
    await client.domains.create(domainOf(run));
  } catch (error) {
    if (!(error instanceof LibvirtError)) throw error;
    // libvirt has answered that it did not start: if it runs now, somebody else started it, and it stays.
    throw withoutEffect(await explain(client, run, error));
  }
}

async function explain(
  client: LibvirtClient,
  run: StepRun<CreateFromDocuments>,
  error: LibvirtError,
): Promise<ProtiumError> {
  const failure = fromLibvirt(error, 'start the domain');
  const closed = await findClosedDirectory(client, run.input.domain.xml);
  if (closed === null) return failure;
  return new ProtiumError(
    failure.code,
    `${failure.message}. QEMU runs as user ${closed.user}, who may not enter ${closed.directory}: ` +
      `move the files elsewhere (/opt, /srv), or open it (chmod o+x ${closed.directory}).`,
    { cause: error, details: { ...failure.details, closedDirectory: closed.directory } },
  );
}

function domainOf(run: StepRun<CreateFromDocuments>): DomainRef {
  return { name: run.input.domain.name, uuid: run.data('define-domain').uuid, id: null };
}
