import type { Command } from 'commander';
import type { LeaseWish } from '../../internal/api/grpc/generated/protium/v1/leases.ts';
import { fileOption, formatOption } from './config-file/config-options.ts';
import { createdConfig, type SourceOptions } from './config-file/created-config.ts';
import { addConfigFlags } from './config-file/flags.ts';
import { readKeys } from './config-file/keys.ts';
import { collect } from './commands/collect.ts';
import { Failure } from './failure.ts';
import type { Session } from './session.ts';

/** What addWishOptions gives. */
export interface WishOptions extends SourceOptions {
  readonly flavor?: string;
  readonly device: readonly string[];
}

/** How a command says what is wanted of the host. */
export function addWishOptions(command: Command): Command {
  return addConfigFlags(command.addOption(fileOption()).addOption(formatOption()))
    .option('--flavor <flavor>', 'what the flavor has, instead of a config')
    .option('--device <address>', 'this very device (0000:01:00.0); may be repeated', collect, []);
}

/** What the options want, and the key pairs that go with it. */
export async function wishOf(
  session: Session,
  options: WishOptions,
): Promise<{ readonly wish: LeaseWish; readonly keyPairs: string[] }> {
  const { flavor = '', file, image, device } = options;
  const namedDevices = [...device];
  if (flavor === '') {
    // Key pairs go by their names in a dry run too.
    const { config, keyPairs } = await createdConfig(session, file, { ...options, dryRun: false });
    return { wish: { config, flavor: '', image: '', namedDevices }, keyPairs: [...keyPairs] };
  }
  const beside = (
    ['file', 'slots', 'memory', 'pci', 'disk', 'volume', 'iso', 'network', 'user', 'userData'] as const
  ).find((name) => options[name] !== undefined);
  if (beside !== undefined) {
    throw new Failure('usage', `A flavor says what there is: --${beside} goes without --flavor.`, {
      exit: 'usage',
    });
  }
  const { publicKeys, names } = await readKeys(options.key);
  if (publicKeys.length > 0) {
    throw new Failure('usage', 'With a flavor a key goes by the name of its key pair (protium key import).', {
      exit: 'usage',
    });
  }
  return { wish: { config: undefined, flavor, image: image ?? '', namedDevices }, keyPairs: [...names] };
}
