import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { KeyPairsServiceService } from '../../../internal/api/grpc/generated/protium/v1/key_pairs.ts';
import { Failure } from '../failure.ts';
import type { Session } from '../session.ts';
import type { FileOptions } from './config-options.ts';
import {
  configOfFlags,
  fileConflicts,
  withFlags,
  withPublicKeys,
  withUserData,
  type ConfigFlags,
} from './flags.ts';
import { readKeys } from './keys.ts';
import type { Config } from './parse-config.ts';
import { readConfig } from './read-config.ts';

export interface SourceOptions extends ConfigFlags, Partial<FileOptions> {
  readonly key: readonly string[];
  readonly userData?: string;
  readonly owner: string;
  readonly dryRun?: boolean;
}

/** An argument that is the name of a config's file, and not that of an instance. */
export function isConfigFile(argument: string): boolean {
  return argument.includes('/') || /\.(json|ya?ml|toml)$/i.test(argument);
}

/**
 * The config that a file and the flags mean together, and the key pairs that go with it.
 *
 * @throws Failure `usage` when neither says anything
 */
export async function createdConfig(
  session: Session,
  file: string | undefined,
  options: SourceOptions,
): Promise<{ readonly config: Config; readonly keyPairs: readonly string[] }> {
  const conflict = fileConflicts.find((name) => options[name] !== undefined);
  if (file !== undefined && conflict !== undefined) {
    throw new Failure('usage', `--${conflict} goes without a file: write it into ${file}.`, {
      exit: 'usage',
    });
  }
  const flags = {
    ...options,
    ...(options.iso === undefined ? {} : { iso: await Promise.all(options.iso.map(isoPath)) }),
  };
  const said =
    file === undefined
      ? configOfFlags(flags)
      : withFlags(await readConfig(file, options.format, session), flags);
  if (said === null) {
    throw new Failure('usage', 'Say what it is to have: -f FILE, or --slots and --memory.', {
      exit: 'usage',
    });
  }
  const { publicKeys, names } = await readKeys(options.key);
  const whole = withPublicKeys(
    options.userData === undefined ? said : withUserData(said, await textOf(options.userData)),
    publicKeys,
  );
  if (options.dryRun !== true || names.length === 0) return { config: whole, keyPairs: names };
  // A plan takes no names: the keys themselves stand for them.
  const { owner } = options;
  const known = await Promise.all(
    names.map((name) => session.daemon.call(KeyPairsServiceService.getKeyPair, { name, owner })),
  );
  const named = known.flatMap(({ keyPair }) => keyPair?.publicKey ?? []);
  return { config: withPublicKeys(whole, named), keyPairs: [] };
}

/** A file that is here is told with its whole path: the daemon has another working directory. */
async function isoPath(named: string): Promise<string> {
  const whole = path.resolve(named);
  return access(whole).then(
    () => whole,
    () => named,
  );
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Failure('usage', `${file}: ${(error as Error).message}.`, { exit: 'usage', cause: error });
  }
}
