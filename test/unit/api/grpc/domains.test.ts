import { grpcService } from '../../../../internal/api/grpc/v1.ts';
import { describe, expect, it } from 'vitest';
import { domainsService, type ListedDomain } from '../../../../internal/api/v1/domains.ts';
import {
  DomainState,
  DomainsServiceClient,
  type GetDomainResponse,
  type ListDomainsResponse,
} from '../../../../internal/api/grpc/generated/protium/v1/domains.ts';
import type { DomainState as State } from '../../../../internal/libvirt/objects.ts';
import { answered, connect, refused, serve, silent } from './harness.ts';

const running: ListedDomain = {
  name: 'alpine',
  uuid: 'c7a5fdbd-cdaf-9455-926a-d65c16db1809',
  id: 7,
  state: 'running',
  persistent: true,
  autostart: true,
  memoryKiB: 786432,
  vcpus: 2,
  title: 'Alpine',
};
const off: ListedDomain = { ...running, name: 'off', uuid: 'u2', id: null, state: 'shutoff', title: null };

async function domains(all: readonly ListedDomain[], ageMs: number | null = 0) {
  const source = {
    domains: () => all,
    domain: (wanted: string) => all.find(({ uuid, name }) => uuid === wanted || name === wanted),
    status: () => ({ ageMs }),
    ownerOf: () => null,
  };
  const { address } = await serve([grpcService(domainsService(source), { log: silent })]);
  const client = connect(DomainsServiceClient, address);
  const list = async (states: DomainState[] = []) =>
    (await answered<ListDomainsResponse>((done) => client.listDomains({ states }, done))).response;
  const get = (domain: string) =>
    answered<GetDomainResponse>((done) => client.getDomain({ domain }, done)).then(
      ({ response }) => response,
    );
  return { list, get };
}

describe('ListDomains', () => {
  it('gives every field; id and title are absent where there are none', async () => {
    const { list } = await domains([running, off], 1234.4);
    expect(await list()).toEqual({
      viewAgeMs: 1234n,
      domains: [
        {
          name: 'alpine',
          uuid: 'c7a5fdbd-cdaf-9455-926a-d65c16db1809',
          id: 7,
          state: DomainState.DOMAIN_STATE_RUNNING,
          persistent: true,
          autostart: true,
          memoryKib: 786432n,
          vcpus: 2,
          title: 'Alpine',
        },
        {
          name: 'off',
          uuid: 'u2',
          id: undefined,
          state: DomainState.DOMAIN_STATE_SHUTOFF,
          persistent: true,
          autostart: true,
          memoryKib: 786432n,
          vcpus: 2,
          title: undefined,
        },
      ],
    });
  });

  it('tells that the view was never complete by giving no age', async () => {
    const { list } = await domains([], null);
    expect(await list()).toEqual({ domains: [], viewAgeMs: undefined });
  });

  it('filters by state', async () => {
    const { list } = await domains([running, off]);
    const { domains: found } = await list([
      DomainState.DOMAIN_STATE_SHUTOFF,
      DomainState.DOMAIN_STATE_CRASHED,
    ]);
    expect(found.map(({ name }) => name)).toEqual(['off']);
  });

  it('refuses a filter that is no state', async () => {
    const { list } = await domains([]);
    expect((await refused(list([DomainState.DOMAIN_STATE_UNSPECIFIED]))).code).toBe(3);
    expect((await refused(list([99 as DomainState]))).code).toBe(3);
  });

  it('gives each state of libvirt its own value, with the number of libvirt', async () => {
    const states: State[] = [
      ...([
        'running',
        'blocked',
        'paused',
        'shutdown',
        'shutoff',
        'crashed',
        'pmsuspended',
        'nostate',
      ] as const),
    ];
    const { list } = await domains(states.map((state) => ({ ...running, state })));
    expect((await list()).domains.map(({ state }) => state)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

describe('GetDomain', () => {
  it('finds by uuid and by name', async () => {
    const { get } = await domains([running, off]);
    expect((await get('off')).domain?.uuid).toBe('u2');
    expect((await get('u2')).domain?.name).toBe('off');
    expect((await get('u2')).viewAgeMs).toBe(0n);
  });

  it('answers NOT_FOUND', async () => {
    const { get } = await domains([running]);
    const error = await refused(get('no-such'));
    expect(error.code).toBe(5);
    expect(error.details).toContain('no-such');
  });
});
