import type { SeenEvents } from '../../authorization/seen-events.ts';
import type { Audit } from '../../audit/audit.ts';
import type { Bookings } from '../../booking/booking.ts';
import type { EventLog } from '../../events/event-log.ts';
import type { Flavors } from '../../flavors/flavor.ts';
import type { Invoices } from '../../invoices/invoices.ts';
import type { KeyPairs } from '../../key-pairs/key-pair.ts';
import type { Migrations } from '../../migration/migrations.ts';
import type { Subscriptions } from '../../subscriptions/subscription.ts';
import type { Usage } from '../../usage/usage.ts';
import { accessKeysService, type AccessKeysSource } from './access-keys.ts';
import { attachmentsService, type AttachmentsSource } from './attachments.ts';
import { auditService } from './audit.ts';
import { bookingsService } from './bookings.ts';
import { certificatesService, type CertificatesSource } from './certificates.ts';
import { computationsService, type ComputationsSource } from './computations.ts';
import { consolesService, type ConsolesSource } from './consoles.ts';
import { domainsService, type DomainsSource } from './domains.ts';
import { eventsService } from './events.ts';
import { floatingAddressesService, type FloatingAddressesSource } from './floating-addresses.ts';
import { firewallService, type FirewallSource } from './firewall.ts';
import { flavorsService } from './flavors.ts';
import { guestsService, type GuestsSource } from './guests.ts';
import { hostService, type HostSource } from './host.ts';
import { imagesService, type ImagesSource } from './images.ts';
import { instancesService, type InstancesSource } from './instances.ts';
import { invoicesService } from './invoices.ts';
import { keyPairsService } from './key-pairs.ts';
import { leasesService, type LeasesSource } from './leases.ts';
import { migrationsService } from './migrations.ts';
import { networksService, type NetworksSource } from './networks.ts';
import { operationsService, type OperationsSource } from './operations.ts';
import { poolsService, type PoolsSource } from './pools.ts';
import { portForwardsService, type PortForwardsSource } from './port-forwards.ts';
import { provisionsService, type ProvisionsSource } from './provisions.ts';
import type { V1Service } from './service.ts';
import { subscriptionsService } from './subscriptions.ts';
import { usageService } from './usage.ts';
import { snapshotsService, type SnapshotsSource } from './snapshots.ts';
import { tokensService, type TokensSource } from './tokens.ts';
import { usersService, type UsersSource } from './users.ts';
import { volumesService, type VolumesSource } from './volumes.ts';

export interface V1Sources {
  readonly computations: ComputationsSource;
  readonly domains: DomainsSource;
  readonly events: EventLog;
  readonly seenEvents: SeenEvents;
  readonly images: ImagesSource;
  readonly instances: InstancesSource;
  readonly operations: OperationsSource;
  readonly consoles: ConsolesSource;
  readonly guests: GuestsSource;
  readonly host: HostSource;
  readonly attachments: AttachmentsSource;
  readonly snapshots: SnapshotsSource;
  readonly keyPairs: KeyPairs;
  readonly pools: PoolsSource;
  readonly volumes: VolumesSource;
  readonly networks: NetworksSource;
  readonly portForwards: PortForwardsSource;
  readonly firewall: FirewallSource;
  readonly flavors: Flavors;
  readonly usage: Usage;
  readonly invoices: Invoices;
  readonly subscriptions: Subscriptions;
  readonly leases: LeasesSource;
  readonly provisions: ProvisionsSource;
  readonly floatingAddresses: FloatingAddressesSource;
  readonly accessKeys: AccessKeysSource;
  readonly bookings: Bookings;
  readonly migrations: Migrations;
  readonly audit: Pick<Audit, 'list' | 'verify' | 'archive'>;
  readonly tokens: TokensSource;
  readonly users: UsersSource;
  readonly certificates: CertificatesSource;
}

/** All services of protium.v1. */
export function v1Services(sources: V1Sources): readonly V1Service[] {
  return [
    instancesService(sources.instances),
    imagesService(sources.images),
    domainsService(sources.domains),
    operationsService(sources.operations),
    eventsService(sources.events, sources.seenEvents),
    computationsService(sources.computations),
    consolesService(sources.consoles),
    guestsService(sources.guests),
    hostService(sources.host),
    attachmentsService(sources.attachments),
    snapshotsService(sources.snapshots),
    keyPairsService(sources.keyPairs),
    poolsService(sources.pools),
    volumesService(sources.volumes),
    networksService(sources.networks),
    portForwardsService(sources.portForwards),
    firewallService(sources.firewall),
    flavorsService(sources.flavors),
    usageService(sources.usage),
    invoicesService(sources.invoices),
    bookingsService(sources.bookings),
    subscriptionsService(sources.subscriptions),
    leasesService(sources.leases),
    provisionsService(sources.provisions),
    floatingAddressesService(sources.floatingAddresses),
    accessKeysService(sources.accessKeys),
    migrationsService(sources.migrations),
    auditService(sources.audit),
    tokensService(sources.tokens),
    usersService(sources.users),
    certificatesService(sources.certificates),
  ];
}
