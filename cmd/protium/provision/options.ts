import { InvalidArgumentError, Option, type Command } from 'commander';
import { collect } from '../commands/collect.ts';
import { parseCount } from '../commands/parse-number.ts';
import { parseMemory, parseSize } from '../commands/parse-size.ts';
import { parseDuration } from '../lease-time.ts';

/** What says what is to be provisioned. */
export interface ProvisionOptions {
  readonly repo?: string;
  readonly text?: string;
  readonly analysis?: string;
  readonly skipRepoClone?: boolean;
  readonly envFile?: string;
  readonly name?: string;
  readonly leaseName?: string;
  readonly serverName?: string;
  readonly slots?: number;
  readonly memory?: bigint;
  readonly disk?: bigint;
  readonly image: string;
  readonly nodeType: string;
  readonly network: string;
  readonly user: string;
  readonly key: readonly string[];
  readonly keyName?: string;
  readonly keyPath?: string;
  readonly createKey?: boolean;
  readonly putRepo?: boolean;
  readonly floatingAddress?: boolean;
  readonly floatingIp: boolean;
  readonly healthCheck: boolean;
  readonly start: string;
  readonly for?: number;
  readonly leaseDuration?: number;
  readonly endAction: string;
  readonly owner: string;
}

export function addProvisionOptions(command: Command): Command {
  return command
    .argument('[source]', 'a directory, or the URL of a git repository')
    .option('--repo <url>', 'the same as [source]')
    .option('--text <file>', 'requirements in words instead; -: from stdin')
    .option('--analysis <file>', 'what provision analyze -o json has printed instead; -: from stdin')
    .option('--skip-repo-clone', 'look at nothing, and do nothing: only show the plan of a plain machine')
    .option(
      '--env-file <file>',
      'settings: OPENAI_BASE_URL, OPENAI_API_KEY, OPENAI_MODEL, DEFAULT_KEY_NAME …',
    )
    .option('--name <name>', 'what lease and VM are to be called; default: by the source and the time')
    .option('--server-name <name>', 'the same as --name; it also names the result file, NAME_info.json')
    .option('--lease-name <name>', 'the same as --name: lease and VM share it')
    .option('--slots <number>', 'vCPUs, whatever was found', parseCount)
    .option('--memory <size>', 'memory, whatever was found: 8GiB, 512MiB', parseMemory)
    .option('--disk <size>', 'size of the disk, whatever was found', parseSize)
    .option('--image <image>', 'the image, by name or id, whatever was found', '')
    .option(
      '--node-type <class>',
      'the class of the graphics card (10de:2489), or none, whatever was found',
      '',
    )
    .option('--network <network>', 'the network; default: that of the host', '')
    .option('--user <name>', "who logs in; default: the image's own user", '')
    .option(
      '--key <file|name>',
      'a file with a public key, or the name of a key pair; may be repeated',
      collect,
      [],
    )
    .option('--key-path <file>', 'a file with a public key; DEFAULT_KEY_PATH')
    .option('--key-name <name>', 'the name of a key pair; DEFAULT_KEY_NAME')
    .option('--create-key', 'make the key pair of --key-name; its private half goes to NAME.pem')
    .option('--put-repo', 'the guest clones the repository (an https URL) at its first boot')
    .option('--floating-address', "bind a floating address of the host's pool, and be reached by it")
    .option(
      '--no-floating-ip',
      'bind no floating address, which is the default: refused beside --floating-address',
    )
    .option(
      '--no-health-check',
      'be ready with an address: do not wait for ssh and cloud-init, look at nothing',
    )
    .option('--start <time>', 'when it begins: now, 2026-12-01T14:00+01:00', 'now')
    .option('--for <duration>', 'how long: 8h, 2d; default 24h', parseDuration)
    .option('--lease-duration <hours>', 'how long, in hours', parseHours)
    .addOption(
      new Option('--end-action <action>', 'what becomes of the VM at the end')
        .choices(['stop', 'snapshot', 'delete'])
        .default('stop'),
    )
    .option('--owner <id>', 'for this client (32 hexadecimal digits)', '');
}

function parseHours(text: string): number {
  const hours = Number(text);
  if (/^\d{1,6}(\.\d{1,3})?$/.test(text) && hours > 0) return Math.round(hours * 3600);
  throw new InvalidArgumentError('It is a number of hours.');
}
