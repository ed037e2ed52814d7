import { fromLibvirt } from '../errors/from-libvirt.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import { existingDomain, findDomain } from '../instances/lifecycle/find-domain.ts';
import { shown } from '../instances/lifecycle/shown.ts';
import { instanceResources, type InstanceTarget } from '../instances/lifecycle/target.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import { withoutEffect, type OperationDefinition, type Step } from '../operations/definition.ts';
import { filterName } from './filter-document.ts';
import type { FilterStore } from './filter-store.ts';
import { isOpen, type Firewall } from './firewall.ts';
import { withFirewall, withoutFirewall } from './interface-filter.ts';
import { changeInterfaces, filterToInclude, requireNoSavedState } from './interfaces.ts';
import { openEtag, readFilter } from './read-filter.ts';

/** The operation `firewall.replace`. */
export interface ReplaceFirewall {
  readonly input: InstanceTarget & {
    readonly firewall: Firewall;
    /** Only if it is still the one with this etag; null: whichever. */
    readonly etag: string | null;
  };
  readonly result: { readonly uuid: string };
  readonly steps: {
    // `before`: the filter that was there; empty: none. `included`: the filter of others; empty: none.
    'define-filter': { intent: { before: string; included: string } };
    'attach-filter': { facts?: never };
    'detach-filter': { intent: { before: string; included: string } };
    'undefine-filter': { facts?: never };
  };
}

/** @throws ProtiumError `precondition-failed` */
export function requireEtag(wanted: string | null, document: string | null): void {
  const etag = document === null ? openEtag : readFilter(document).etag;
  if (wanted === null || wanted === etag) return;
  throw new ProtiumError('precondition-failed', 'The firewall has changed since: get it anew.', {
    details: { etag },
  });
}

/** Replaces the firewall of an instance, or removes it when it is to let everything pass; undone, it is as it was. */
export function replaceFirewall(
  client: LibvirtClient,
  view: Pick<LiveView, 'refresh'>,
  filters: FilterStore,
): OperationDefinition<ReplaceFirewall> {
  const attach = async (uuid: string): Promise<void> => {
    const domain = await existingDomain(client, uuid);
    await changeInterfaces(client, domain, (el) => withFirewall(el, uuid));
  };
  const detach = async (uuid: string, included: string): Promise<void> => {
    const domain = await findDomain(client, uuid);
    if (domain === null) return;
    const kept = included === '' ? null : included;
    await changeInterfaces(client, domain, (el) => withoutFirewall(el, uuid, kept));
  };
  const failing = async (doing: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      throw fromLibvirt(error, doing);
    }
  };
  const documentFor = async ({ uuid, etag }: ReplaceFirewall['input']): Promise<string | null> => {
    const document = await filters.document(uuid);
    requireEtag(etag, document);
    return document;
  };

  const define: Step<ReplaceFirewall, 'define-filter'> = {
    name: 'define-filter',
    title: 'define the network filter',
    async intent({ input }) {
      const before = await documentFor(input);
      const domain = await existingDomain(client, input.uuid);
      if (before === null) await requireNoSavedState(client, domain);
      const current = before === null ? null : readFilter(before).included;
      const included = await filterToInclude(client, domain, input.uuid, current);
      return { before: before ?? '', included: included ?? '' };
    },
    async do({ input }, { included }) {
      try {
        await filters.put(input.uuid, input.firewall, included === '' ? null : included);
      } catch (error) {
        throw withoutEffect(fromLibvirt(error, 'define the network filter'));
      }
    },
    undo: ({ input }, { before }) =>
      before === '' ? filters.remove(input.uuid) : filters.restore(input.uuid, before),
    leftBehind: ({ input }) =>
      `the network filter ${filterName(input.uuid)}: virsh nwfilter-dumpxml ${filterName(input.uuid)}`,
  };
  const attachStep: Step<ReplaceFirewall, 'attach-filter'> = {
    name: 'attach-filter',
    title: 'give the filter to the network interfaces',
    do: ({ input }) => failing('give the filter to the network interfaces', () => attach(input.uuid)),
    async undo(run) {
      const { before, included } = run.data('define-filter');
      // Interfaces that had the firewall before keep it, with the rules that it had.
      if (before === '') await detach(run.input.uuid, included);
    },
    leftBehind: ({ input }) =>
      `<filterref filter='${filterName(input.uuid)}'/> in its interfaces: virsh edit ${input.domain}`,
  };
  const detachStep: Step<ReplaceFirewall, 'detach-filter'> = {
    name: 'detach-filter',
    title: 'take the filter from the network interfaces',
    async intent({ input }) {
      const before = await documentFor(input);
      if (before !== null) await requireNoSavedState(client, await existingDomain(client, input.uuid));
      const included = before === null ? null : readFilter(before).included;
      return { before: before ?? '', included: included ?? '' };
    },
    do: ({ input }, { included }) =>
      failing('take the filter from the network interfaces', () => detach(input.uuid, included)),
    async undo({ input }, { before }) {
      if (before !== '' && (await findDomain(client, input.uuid)) !== null) await attach(input.uuid);
    },
    leftBehind: ({ input }) => `interfaces without their firewall: protium firewall get ${input.domain}`,
  };
  const undefine: Step<ReplaceFirewall, 'undefine-filter'> = {
    name: 'undefine-filter',
    title: 'remove the network filter',
    do: ({ input }) => failing('remove the network filter', () => filters.remove(input.uuid)),
    async undo(run) {
      const { before } = run.data('detach-filter');
      if (before !== '') await filters.restore(run.input.uuid, before);
    },
    leftBehind: ({ input }) => `no network filter ${filterName(input.uuid)}, where there was one`,
  };
  return {
    kind: 'firewall.replace',
    onRestart: 'resume',
    resources: instanceResources,
    steps: ({ firewall }) => (isOpen(firewall) ? [detachStep, undefine] : [define, attachStep]),
    async result({ input }) {
      await shown(view, input.uuid);
      return { uuid: input.uuid };
    },
  };
}
