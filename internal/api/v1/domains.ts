import { sees } from '../../authorization/decide.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { LiveViewStatus } from '../../libvirt/live-view/live-view.ts';
import type { DomainView } from '../../libvirt/live-view/views.ts';
import {
  DomainState,
  DomainsServiceClient,
  type Domain,
  type DomainsServiceServer,
} from '../grpc/generated/protium/v1/domains.ts';
import { v1Service, type V1Service } from './service.ts';
import { stateNames } from './state-names.ts';

/** What the service needs of the live view; all reads are synchronous. */
export interface DomainsSource {
  /** Sorted by name. */
  domains(): readonly ListedDomain[];
  /** By uuid, else by name. */
  domain(uuidOrName: string): ListedDomain | undefined;
  status(): Pick<LiveViewStatus, 'ageMs'>;
  /** Of the instance of that uuid; null: it is somebody else's domain. */
  ownerOf(uuid: string): string | null;
}

export type ListedDomain = Pick<
  DomainView,
  'name' | 'uuid' | 'id' | 'state' | 'persistent' | 'autostart' | 'memoryKiB' | 'vcpus' | 'title'
>;

/** libvirt's states ↔ the contract's. */
export const domainStates = stateNames<DomainView['state'], DomainState>({
  nostate: DomainState.DOMAIN_STATE_NOSTATE,
  running: DomainState.DOMAIN_STATE_RUNNING,
  blocked: DomainState.DOMAIN_STATE_BLOCKED,
  paused: DomainState.DOMAIN_STATE_PAUSED,
  shutdown: DomainState.DOMAIN_STATE_SHUTDOWN,
  shutoff: DomainState.DOMAIN_STATE_SHUTOFF,
  crashed: DomainState.DOMAIN_STATE_CRASHED,
  pmsuspended: DomainState.DOMAIN_STATE_PMSUSPENDED,
});

/** protium.v1.DomainsService: read-only, from the live view. */
export function domainsService(source: DomainsSource): V1Service {
  const age = (): bigint | undefined => {
    const { ageMs } = source.status();
    return ageMs === null ? undefined : BigInt(Math.round(ageMs));
  };
  return v1Service<DomainsServiceServer>(DomainsServiceClient, {
    listDomains: (request, { caller }) => {
      const wanted = domainStates.decodeAll(request.states);
      const domains = source
        .domains()
        .filter(
          ({ state, uuid }) =>
            (wanted.length === 0 || wanted.includes(state)) && sees(caller, source.ownerOf(uuid)),
        );
      return { domains: domains.map(encodeDomain), viewAgeMs: age() };
    },
    getDomain: (request) => {
      const domain = source.domain(request.domain);
      if (domain === undefined) {
        throw new ProtiumError('not-found', `There is no domain with the name or uuid "${request.domain}".`);
      }
      return { domain: encodeDomain(domain), viewAgeMs: age() };
    },
  });
}

function encodeDomain(domain: ListedDomain): Domain {
  return {
    name: domain.name,
    uuid: domain.uuid,
    id: domain.id ?? undefined,
    state: domainStates.encode(domain.state),
    persistent: domain.persistent,
    autostart: domain.autostart,
    memoryKib: BigInt(domain.memoryKiB),
    vcpus: domain.vcpus,
    title: domain.title ?? undefined,
  };
}
