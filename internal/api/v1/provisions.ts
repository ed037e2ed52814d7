import { creatorOf } from './owned-by.ts';
import { seenItems } from './seen-items.ts';
import { sees } from '../../authorization/decide.ts';
import { invalidArgument } from '../../errors/invalid-argument.ts';
import type { PciNames } from '../../host/pci-ids.ts';
import type { KeyPairs } from '../../key-pairs/key-pair.ts';
import type { Analysis } from '../../provision/analysis.ts';
import { readAnalysis } from '../../provision/run/analysis-schema.ts';
import type { ProvisionRequest, Provisions } from '../../provision/run/provision.ts';
import { analyzeText } from '../../provision/text/analyze-text.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import {
  ProvisionsServiceClient,
  type ProvisionsServiceServer,
  type ProvisionWish,
} from '../grpc/generated/protium/v1/provisions.ts';
import { changeOf } from './begun.ts';
import { encodePlan, encodeProvision } from './encode-provision.ts';
import { requireName } from './names.ts';
import { ownerOf, ownerOrAdministrator } from './owner.ts';
import { pageOf } from './page.ts';
import { v1Service, type V1Service } from './service.ts';

export interface ProvisionsSource {
  readonly provisions: Provisions;
  readonly keyPairs: Pick<KeyPairs, 'publicKeys'>;
  /** The host's pci.ids, by which the cards of a text get their ids. */
  readonly pciNames: () => Promise<PciNames>;
}

const textLevels = ['minimum', 'recommended'] as const;
const endActions = ['stop', 'snapshot', 'delete'] as const;
const longestSeconds = 100n * 366n * 86_400n;
const userName = /^[A-Za-z_][A-Za-z0-9._-]{0,31}$/;

/** protium.v1.ProvisionsService. */
export function provisionsService({ provisions, keyPairs, pciNames }: ProvisionsSource): V1Service {
  const analysisOf = async ({ analysis, text, textLevel }: ProvisionWish): Promise<Analysis> => {
    if ((analysis === undefined) === (text === '')) {
      throw invalidArgument(
        'wish.analysis',
        'What is asked of the machine? An analysis or a text: one of them.',
      );
    }
    if (analysis !== undefined) return readAnalysis(analysis);
    const level = textLevels.find((each) => each === textLevel) ?? null;
    if (level === null && textLevel !== '') {
      throw invalidArgument('wish.text_level', 'It is minimum or recommended.');
    }
    return analyzeText(text, { level, pciIds: await pciNames() });
  };
  const requestOf = async (wish: ProvisionWish | undefined): Promise<ProvisionRequest> => {
    if (wish === undefined) throw invalidArgument('wish', 'What is asked of the machine?');
    requireName(wish.name, 'wish.name');
    const owner = ownerOrAdministrator(wish.owner);
    const { slots, memoryMib, diskBytes, deviceClass, image, network, user, putRepo, durationSeconds } = wish;
    const endAction = endActions.find((each) => each === (wish.endAction === '' ? 'stop' : wish.endAction));
    if (endAction === undefined) throw invalidArgument('wish.end_action', 'It is stop, snapshot or delete.');
    if (deviceClass !== '' && deviceClass !== 'none' && !/^[0-9a-f]{4}:[0-9a-f]{4}$/.test(deviceClass)) {
      throw invalidArgument('wish.device_class', 'It is a class such as 10de:2489, or none.');
    }
    if (user !== '' && !userName.test(user)) throw invalidArgument('wish.user', 'That is no name of a user.');
    if (durationSeconds > longestSeconds) {
      throw invalidArgument('wish.duration_seconds', 'It is at most a hundred years.');
    }
    const source = wish.source.replaceAll(/\p{Cc}/gu, ' ').slice(0, 500);
    return {
      owner,
      analysis: await analysisOf(wish),
      choices: {
        name: wish.name,
        source: source === '' ? 'an analysis' : source,
        slots: slots === 0 ? null : slots,
        memoryMib: memoryMib === 0n ? null : sizeOf(memoryMib, 'wish.memory_mib'),
        diskBytes: diskBytes === 0n ? null : sizeOf(diskBytes, 'wish.disk_bytes'),
        image: image === '' ? null : image,
        deviceClass: deviceClass === '' ? null : deviceClass,
        network: network === '' ? null : network,
        user: user === '' ? null : user,
        sshKeys: [...new Set([...wish.sshKeys, ...keyPairs.publicKeys(owner, wish.keyPairs)])],
        putRepo: putRepo === '' ? null : repositoryOf(putRepo),
        floatingAddress: wish.floatingAddress,
        healthCheck: !wish.noHealthCheck,
        start: wish.startTime === undefined ? null : wish.startTime.getTime(),
        durationMs: durationSeconds === 0n ? null : Number(durationSeconds) * 1000,
      },
      endAction,
    };
  };
  return v1Service<ProvisionsServiceServer>(ProvisionsServiceClient, {
    planProvision: async ({ wish }, { caller }) => ({
      plan: encodePlan(await provisions.plan({ ...(await requestOf(wish)), ...creatorOf(caller) })),
    }),
    runProvision: async ({ wish, planEtag, ...how }, { caller }) => {
      const { validateOnly, idempotencyKey = '' } = changeOf(how);
      const request = { ...(await requestOf(wish)), ...creatorOf(caller) };
      if (!validateOnly) {
        const provision = await provisions.run(request, { idempotencyKey, planEtag });
        return { provision: encodeProvision(provision) };
      }
      const { refusals } = await provisions.plan(request);
      if (refusals.length === 0) return { provision: undefined };
      throw new ProtiumError('host-incapable', refusals.join(' '), { details: { reasons: refusals } });
    },
    listProvisions: (request, { caller }) => {
      const { limit = 100, after } = pageOf(request);
      const query = request.owner === '' ? {} : { owner: ownerOf(request.owner) };
      const found = seenItems({
        read: (from: ReturnType<typeof placeOf> | undefined, most) =>
          provisions.list({ ...query, ...(from !== undefined && { after: from }), limit: most }),
        placeOf: ({ createdAt, id }) => ({ createdAt, id }),
        isSeen: ({ owner }) => sees(caller, owner),
        after: after === undefined ? undefined : placeOf(after),
        limit: limit + 1,
      });
      const page = found.slice(0, limit);
      const last = page.at(-1);
      const token = last === undefined || found.length <= limit ? '' : `${last.createdAt}/${last.id}`;
      return {
        provisions: page.map(encodeProvision),
        nextPageToken: Buffer.from(token).toString('base64url'),
      };
    },
    getProvision: ({ provision }) => ({ provision: encodeProvision(provisions.get(named(provision))) }),
    cancelProvision: ({ provision, validateOnly }) => ({
      provision: encodeProvision(provisions.cancel(named(provision), { validateOnly })),
    }),
  });
}

function named(provision: string): string {
  if (provision !== '') return provision;
  throw invalidArgument('provision', 'Which provision? Its id or its name.');
}

function sizeOf(value: bigint, field: string): number {
  if (value <= 2n ** 50n) return Number(value);
  throw invalidArgument(field, 'That is more than any machine has.');
}

/** What goes into the guest is seen by whoever sees its VM: no secrets in it. */
function repositoryOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol === 'https:' && parsed.username === '' && parsed.password === '' && url.length <= 2000)
    return parsed.href;
  throw invalidArgument('wish.put_repo', 'It is an https URL without a user and password.');
}

function placeOf(token: string): { readonly createdAt: number; readonly id: string } {
  const [, at, id] =
    /^(\d{1,16})\/([0-9a-f-]{36})$/.exec(Buffer.from(token, 'base64url').toString('utf8')) ?? [];
  if (at !== undefined && id !== undefined) return { createdAt: Number(at), id };
  throw invalidArgument('page_token', 'This is no next_page_token of an answer.');
}
