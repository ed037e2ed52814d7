import { ProtiumError } from '../../errors/protium-error.ts';
import type { LiveViewStatus } from '../../libvirt/live-view/live-view.ts';
import type { DomainView } from '../../libvirt/live-view/views.ts';
import type { Logger } from '../../observability/log.ts';
import {
  DomainState,
  DomainsServiceClient,
  DomainsServiceService,
  type Domain,
  type DomainsServiceServer,
} from './generated/protium/v1/domains.ts';
import type { GrpcService } from './grpc-service.ts';
import { unary } from './handle.ts';
import { stateNames } from './state-names.ts';

/** What the service needs of the live view; all reads are synchronous. */
export interface DomainsSource {
  /** Sorted by name. */
  domains(): readonly ListedDomain[];
  /** By uuid, else by name. */
  domain(uuidOrName: string): ListedDomain | undefined;
  status(): Pick<LiveViewStatus, 'ageMs'>;
}

export type ListedDomain = Pick<
  DomainView,
  'name' | 'uuid' | 'id' | 'state' | 'persistent' | 'autostart' | 'memoryKiB' | 'vcpus' | 'title'
>;

const states = stateNames<DomainView['state'], DomainState>({
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
export function domainsService(source: DomainsSource, options: { readonly log: Logger }): GrpcService {
  const age = (): bigint | undefined => {
    const { ageMs } = source.status();
    return ageMs === null ? undefined : BigInt(Math.round(ageMs));
  };
  const implementation: DomainsServiceServer = {
    listDomains: unary(options, (request) => {
      const wanted = states.decodeAll(request.states);
      const domains = source.domains().filter(({ state }) => wanted.length === 0 || wanted.includes(state));
      return { domains: domains.map(encodeDomain), viewAgeMs: age() };
    }),
    getDomain: unary(options, (request) => {
      const domain = source.domain(request.domain);
      if (domain === undefined) {
        throw new ProtiumError('not-found', `There is no domain with the name or uuid "${request.domain}".`);
      }
      return { domain: encodeDomain(domain), viewAgeMs: age() };
    }),
  };
  return { name: DomainsServiceClient.serviceName, definition: DomainsServiceService, implementation };
}

function encodeDomain(domain: ListedDomain): Domain {
  return {
    name: domain.name,
    uuid: domain.uuid,
    id: domain.id ?? undefined,
    state: states.encode(domain.state),
    persistent: domain.persistent,
    autostart: domain.autostart,
    memoryKib: BigInt(domain.memoryKiB),
    vcpus: domain.vcpus,
    title: domain.title ?? undefined,
  };
}
