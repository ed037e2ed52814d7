import type { Domain } from '../../../internal/api/grpc/generated/protium/v1/domains.ts';
import { domainStates } from './enum-names.ts';
import type { Screen } from './screen.ts';
import { stateCell } from './state-cell.ts';
import { formatFields, formatTable } from './table.ts';
import { formatFlag, formatMib } from './units.ts';

/** A line a domain. */
export function domainTable(domains: readonly Domain[], screen: Screen): string {
  const rows = domains.map(({ name, uuid, state, vcpus, memoryKib, autostart }) => [
    { text: name },
    stateCell(domainStates.name(state), screen),
    { text: String(vcpus) },
    { text: formatMib(memoryKib / 1024n) },
    { text: formatFlag(autostart) },
    { text: uuid },
  ]);
  return formatTable(['NAME', 'STATE', 'VCPUS', 'MEMORY', 'AUTOSTART', 'UUID'], rows);
}

/** All of one domain. */
export function domainFields(domain: Domain): string {
  const fields = [
    ['name', domain.name],
    ['title', domain.title ?? ''],
    ['uuid', domain.uuid],
    ['state', domainStates.name(domain.state)],
    ['id', String(domain.id ?? '')],
    ['vcpus', String(domain.vcpus)],
    ['memory', formatMib(domain.memoryKib / 1024n)],
    ['autostart', formatFlag(domain.autostart)],
    ['persistent', formatFlag(domain.persistent)],
  ] as const;
  return formatFields(fields.filter(([, value]) => value !== ''));
}

/** What people should know of a view that is not of now; null: nothing. */
export function viewAgeNote(viewAgeMs: bigint | undefined): string | null {
  if (viewAgeMs === 0n) return null;
  if (viewAgeMs === undefined) return 'note: libvirt was not read yet, domains may be missing';
  return `note: libvirt cannot be reached, this is ${viewAgeMs / 1000n} s old`;
}
