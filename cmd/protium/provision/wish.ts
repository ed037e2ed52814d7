import path from 'node:path';
import type { ProvisionWish } from '../../../internal/api/grpc/generated/protium/v1/provisions.ts';
import { readKeys } from '../config-file/keys.ts';
import { Failure } from '../failure.ts';
import { timeGiven } from '../lease-time.ts';
import type { Session } from '../session.ts';
import { analyse } from './analyse.ts';
import { environmentWith, type Environment } from './env-file.ts';
import type { ProvisionOptions } from './options.ts';

export interface ReadWish {
  readonly wish: ProvisionWish;
  /** Of the key pair that the guest lets in; null: none is named. */
  readonly keyName: string | null;
}

/** What the options mean. Nothing is made. */
export async function provisionWish(
  session: Pick<Session, 'readStdin'>,
  source: string | undefined,
  options: ProvisionOptions,
  processEnvironment: Environment,
): Promise<ReadWish> {
  const environment = await environmentWith(options.envFile, processEnvironment);
  const repository = onlyOne('[source] and --repo', [source, options.repo]);
  const { skipRepoClone: skip = false, text, analysis: file } = options;
  const name = onlyOne('--name, --server-name and --lease-name', [
    options.name,
    options.serverName,
    options.leaseName,
  ]);
  const seconds = onlyOne('--for and --lease-duration', [options.for, options.leaseDuration]);
  const { analysis, label } = await analyse(session, { repository, text, analysis: file, skip }, environment);
  const keyName = options.keyName ?? said(environment['DEFAULT_KEY_NAME']) ?? null;
  if (options.createKey === true && keyName === null) {
    throw new Failure('usage', 'What is the key pair to be called? --key-name NAME.', { exit: 'usage' });
  }
  const keyPath = options.keyPath ?? said(environment['DEFAULT_KEY_PATH']);
  const { publicKeys, names } = await readKeys([
    ...options.key,
    ...(keyPath === undefined ? [] : [fromHome(keyPath, environment)]),
  ]);
  if (options.putRepo === true && !(repository ?? '').startsWith('https:')) {
    throw new Failure('usage', '--put-repo goes with the https URL of a repository.', { exit: 'usage' });
  }
  if (options.floatingAddress === true && !options.floatingIp) {
    throw new Failure('usage', '--floating-address and --no-floating-ip say different things.', {
      exit: 'usage',
    });
  }
  // A pair that is still to be made cannot be named in a plan.
  const pairs = [...names, ...(keyName === null || options.createKey === true ? [] : [keyName])];
  const wish: ProvisionWish = {
    analysis,
    name: name ?? nameFor(label, new Date()),
    source: label,
    owner: options.owner,
    sshKeys: [...publicKeys],
    keyPairs: [...new Set(pairs)],
    slots: options.slots ?? 0,
    memoryMib: options.memory ?? 0n,
    diskBytes: options.disk ?? 0n,
    image: options.image,
    deviceClass: options.nodeType,
    network: options.network === '' ? (environment['DEFAULT_NETWORK'] ?? '') : options.network,
    user: options.user,
    putRepo: options.putRepo === true ? (repository ?? '') : '',
    floatingAddress: options.floatingAddress === true,
    noHealthCheck: !options.healthCheck,
    startTime: timeGiven(options.start, 'start') ?? undefined,
    durationSeconds: BigInt(seconds ?? 0),
    endAction: options.endAction,
  };
  return { wish, keyName };
}

/** An empty setting says nothing. */
function said(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function onlyOne<T>(which: string, values: readonly (T | undefined)[]): T | undefined {
  const different = [...new Set(values.filter((value) => value !== undefined))];
  if (different.length <= 1) return different[0];
  throw new Failure('usage', `${which} say different things.`, { exit: 'usage' });
}

/** `auto-whisper-202611291200`: of a repository's last part, and the time in UTC. */
export function nameFor(label: string, now: Date): string {
  const last = path.basename(label.replace(/[/.]+$/, '')).replace(/\.(git|json|txt|md)$/, '');
  const slug = last
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
  const time = now.toISOString().replaceAll(/\D/g, '').slice(0, 12);
  return `auto-${slug === '' ? 'machine' : slug}-${time}`;
}

function fromHome(file: string, { HOME: home = '~' }: Environment): string {
  return file.startsWith('~/') ? path.join(home, file.slice(2)) : file;
}
