import { AccessKeysServiceService } from '../../../internal/api/grpc/generated/protium/v1/access_keys.ts';
import { AttachmentsServiceService } from '../../../internal/api/grpc/generated/protium/v1/attachments.ts';
import { CertificatesServiceService } from '../../../internal/api/grpc/generated/protium/v1/certificates.ts';
import { DomainsServiceService } from '../../../internal/api/grpc/generated/protium/v1/domains.ts';
import { FlavorsServiceService } from '../../../internal/api/grpc/generated/protium/v1/flavors.ts';
import { FloatingAddressesServiceService } from '../../../internal/api/grpc/generated/protium/v1/floating_addresses.ts';
import { ImagesServiceService } from '../../../internal/api/grpc/generated/protium/v1/images.ts';
import { InstancesServiceService } from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { InvoicesServiceService } from '../../../internal/api/grpc/generated/protium/v1/invoices.ts';
import { KeyPairsServiceService } from '../../../internal/api/grpc/generated/protium/v1/key_pairs.ts';
import { LeasesServiceService } from '../../../internal/api/grpc/generated/protium/v1/leases.ts';
import { MigrationsServiceService } from '../../../internal/api/grpc/generated/protium/v1/migrations.ts';
import { NetworksServiceService } from '../../../internal/api/grpc/generated/protium/v1/networks.ts';
import { OperationsServiceService } from '../../../internal/api/grpc/generated/protium/v1/operations.ts';
import { PoolsServiceService } from '../../../internal/api/grpc/generated/protium/v1/pools.ts';
import { PortForwardsServiceService } from '../../../internal/api/grpc/generated/protium/v1/port_forwards.ts';
import { TokensServiceService } from '../../../internal/api/grpc/generated/protium/v1/tokens.ts';
import { UsersServiceService } from '../../../internal/api/grpc/generated/protium/v1/users.ts';
import { VolumesServiceService } from '../../../internal/api/grpc/generated/protium/v1/volumes.ts';
import { ProvisionsServiceService } from '../../../internal/api/grpc/generated/protium/v1/provisions.ts';
import { SubscriptionsServiceService } from '../../../internal/api/grpc/generated/protium/v1/subscriptions.ts';
import { SnapshotsServiceService } from '../../../internal/api/grpc/generated/protium/v1/snapshots.ts';
import { pageSize } from '../connection/all-pages.ts';
import type { Daemon } from '../connection/daemon.ts';
import { consoleApi } from '../gpueater/console-api.ts';
import { extensions } from '../gpueater/extensions/all.ts';
import { listedFunctions } from '../gpueater/functions.ts';
import { domainStates, operationStates } from '../output/enum-names.ts';
import type { Asked, Candidate } from './candidates.ts';

/** Whoever pressed Tab does not wait longer. */
const options = { timeoutMs: 1500 };

/** What there is of a kind; at most a page of it. */
export async function namesOf(daemon: Daemon, asked: Asked): Promise<readonly Candidate[]> {
  const page = { pageSize, pageToken: '' };
  switch (asked.kind) {
    case 'snapshot': {
      const request = { instance: asked.instance, ...page };
      const { snapshots } = await daemon.call(SnapshotsServiceService.listSnapshots, request, options);
      return snapshots.map(({ name, state, description }) => ({ word: name, help: description ?? state }));
    }
    case 'target':
    case 'mac':
    case 'address': {
      const method = AttachmentsServiceService.listAttachments;
      const plugged = await daemon.call(method, { instance: asked.instance }, options);
      if (asked.kind === 'target')
        return plugged.volumes.map(({ target, path }) => ({ word: target, help: path ?? '' }));
      if (asked.kind === 'mac')
        return plugged.networkInterfaces.map(({ mac, network }) => ({ word: mac, help: network ?? '' }));
      return plugged.hostDevices.map(({ address, type }) => ({ word: address, help: type }));
    }
    case 'instance': {
      const request = { owner: '', states: [], tags: [], ...page };
      const { instances } = await daemon.call(InstancesServiceService.listInstances, request, options);
      return instances.map(({ name, state }) => ({ word: name, help: domainStates.name(state) }));
    }
    case 'operation': {
      const request = { states: [], kind: '', resource: '', ...page };
      const { operations } = await daemon.call(OperationsServiceService.listOperations, request, options);
      return operations.map((operation) => ({
        word: operation.id,
        help: `${operation.kind} ${operationStates.name(operation.state)}`,
      }));
    }
    case 'key': {
      const request = { owner: '', fingerprint: '', ...page };
      const { keyPairs } = await daemon.call(KeyPairsServiceService.listKeyPairs, request, options);
      return keyPairs.map(({ name, type }) => ({ word: name, help: type }));
    }
    case 'access-key': {
      const method = AccessKeysServiceService.listAccessKeys;
      const { accessKeys } = await daemon.call(method, { user: '', ...page }, options);
      const left = accessKeys.filter(({ revokeTime }) => revokeTime === undefined);
      return left.map(({ id, user }) => ({ word: id, help: user }));
    }
    case 'image': {
      const request = { osFlavour: '', ...page };
      const { images } = await daemon.call(ImagesServiceService.listImages, request, options);
      return images.map(({ name, os }) => ({ word: name, help: os?.flavour ?? '' }));
    }
    case 'flavor': {
      const request = { onlyAvailable: false, onlyWithDevices: false, ...page };
      const { flavors } = await daemon.call(FlavorsServiceService.listFlavors, request, options);
      return flavors.map(({ name, deviceDescription }) => ({ word: name, help: deviceDescription }));
    }
    case 'domain': {
      const { domains } = await daemon.call(DomainsServiceService.listDomains, { states: [] }, options);
      return domains.map(({ name, state }) => ({ word: name, help: domainStates.name(state) }));
    }
    case 'pool': {
      const { pools } = await daemon.call(PoolsServiceService.listPools, {}, options);
      return pools.map(({ name, state }) => ({ word: name, help: state }));
    }
    case 'volume': {
      const request = { pool: '', format: '', ...page };
      const { volumes } = await daemon.call(VolumesServiceService.listVolumes, request, options);
      return volumes.map(({ pool, name, format }) => ({ word: `${pool}/${name}`, help: format ?? '' }));
    }
    case 'network': {
      const { networks } = await daemon.call(NetworksServiceService.listNetworks, {}, options);
      return networks.map(({ name, mode }) => ({ word: name, help: mode }));
    }
    case 'invoice': {
      const request = { owner: '', month: '', ...page };
      const { invoices } = await daemon.call(InvoicesServiceService.listInvoices, request, options);
      return invoices.map(({ id, total }) => ({ word: id, help: total.toFixed(4) }));
    }
    case 'plan': {
      const { plans } = await daemon.call(SubscriptionsServiceService.listSubscriptionPlans, page, options);
      return plans.map(({ id, description }) => ({ word: id, help: description }));
    }
    case 'subscription': {
      const request = { owner: '', plan: '', ended: false, ...page };
      const { subscriptions } = await daemon.call(
        SubscriptionsServiceService.listSubscriptions,
        request,
        options,
      );
      return subscriptions.map(({ id, plan }) => ({ word: id, help: plan }));
    }
    case 'lease': {
      const request = { owner: '', states: ['pending', 'active', 'ending'], recurrence: '', ...page };
      const { leases } = await daemon.call(LeasesServiceService.listHostLeases, request, options);
      return leases.map(({ id, name, state }) => ({ word: id, help: `${name} ${state}` }));
    }
    case 'provision': {
      const { provisions } = await daemon.call(
        ProvisionsServiceService.listProvisions,
        { owner: '', ...page },
        options,
      );
      return provisions.map(({ id, name, state }) => ({ word: id, help: `${name} ${state}` }));
    }
    case 'api-token': {
      const { tokens } = await daemon.call(TokensServiceService.listTokens, { user: '', ...page }, options);
      const left = tokens.filter(({ revokeTime }) => revokeTime === undefined);
      return left.map(({ id, user, description }) => ({ word: id, help: `${user} ${description}` }));
    }
    case 'certificate': {
      const method = CertificatesServiceService.listCertificates;
      const { certificates } = await daemon.call(method, { user: '', ...page }, options);
      const left = certificates.filter(({ revokeTime }) => revokeTime === undefined);
      return left.map(({ serial, user, description }) => ({ word: serial, help: `${user} ${description}` }));
    }
    case 'user': {
      const { users } = await daemon.call(UsersServiceService.listUsers, page, options);
      return users.map(({ name, owner }) => ({ word: name, help: owner }));
    }
    case 'function':
      return functionNames();
    case 'floating-address': {
      const method = FloatingAddressesServiceService.listFloatingAddresses;
      const { floatingAddresses } = await daemon.call(method, { owner: '', ...page }, options);
      return floatingAddresses.map(({ address, instance }) => ({ word: address, help: instance }));
    }
    case 'host': {
      const method = MigrationsServiceService.listMigrationTargets;
      const { targets } = await daemon.call(method, {}, options);
      return targets.map(({ name, uri }) => ({ word: name, help: uri }));
    }
    case 'migration': {
      const request = { owner: '', target: '', ...page };
      const { migrations } = await daemon.call(MigrationsServiceService.listMigrations, request, options);
      return migrations.map(({ name, target }) => ({ word: name, help: target }));
    }
    case 'port-forward': {
      const request = { instance: '', ...page };
      const { portForwards } = await daemon.call(
        PortForwardsServiceService.listPortForwards,
        request,
        options,
      );
      return portForwards.map(({ id, protocol, hostPort }) => ({
        word: id,
        help: `${protocol} ${hostPort}`,
      }));
    }
  }
}

/** GPUEater's; without an access key only those that need none are known. */
async function functionNames(): Promise<readonly Candidate[]> {
  const url = process.env['GPUEATER_URL'] ?? '';
  const listed = url === '' ? [] : await listedFunctions(consoleApi(url), options);
  const found = listed.length > 0 ? listed : extensions;
  return found.map(({ name, description }) => ({ word: name, help: description }));
}
