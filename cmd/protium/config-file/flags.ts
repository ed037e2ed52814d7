import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseCount } from '../commands/parse-number.ts';
import { collect } from '../commands/collect.ts';
import type { Config } from './parse-config.ts';

/** What flags say of a config: alone, or beside a file. */
export interface ConfigFlags {
  readonly slots?: number;
  /** In MiB. */
  readonly memory?: number;
  readonly pci?: readonly PciFlag[];
  /** In bytes. */
  readonly disk?: readonly number[];
  readonly image?: string;
  readonly volume?: readonly string[];
  readonly iso?: readonly string[];
  readonly network?: readonly string[];
  readonly user?: string;
}

export interface PciFlag {
  readonly vendor: string;
  readonly model: string;
  readonly quantity: number;
}

const names = [
  ...['slots', 'memory', 'pci', 'disk', 'image', 'volume', 'iso', 'network', 'user'],
] as readonly (keyof ConfigFlags)[];

/** Options that say what a file says already, under one of many names: not beside one. */
export const fileConflicts = ['slots', 'memory', 'pci'] as const satisfies readonly (keyof ConfigFlags)[];

export function addConfigFlags(command: Command): Command {
  const alone = (flags: string, help: string): Option => new Option(flags, help).conflicts('file');
  return command
    .addOption(
      alone('--slots <number>', 'cores or threads of the host, without a file').argParser(parseCount),
    )
    .addOption(alone('--memory <size>', 'MiB, or with a unit: 2GiB; without a file').argParser(parseMemory))
    .addOption(
      alone(
        '--pci <vendor:model[xN]>',
        'N devices of this id (10de:2489x2), without a file; may be repeated',
      ).argParser(appended(parsePci)),
    )
    .option('--image <name>', 'make the disk to boot from from this image, by name or id')
    .option(
      '--disk <size>',
      'a new disk: GB, or with a unit: 20GiB; the first one is for the image; may be repeated',
      appended(parseDisk),
    )
    .option('--volume <volume>', 'a volume that exists, by id, NAME or POOL/NAME; may be repeated', collect)
    .option(
      '--iso <file|volume>',
      'a medium in a CD drive, booted from after the disks: a file of the host, or a volume; may be repeated',
      collect,
    )
    .option(
      '--network <name>',
      'a network by name or uuid; none: no network; may be repeated; counts instead of those of a file',
      collect,
    )
    .option('--user <name>', 'who logs in; else whoever the image has');
}

/** The config that the flags mean; null: none was given. */
export function configOfFlags(flags: ConfigFlags): Config | null {
  if (names.every((name) => flags[name] === undefined)) return null;
  return withFlags({}, flags);
}

/** A config with what the flags say beside it. Disks of flags come before those of the config. */
export function withFlags(config: Config, flags: ConfigFlags): Config {
  const { slots, memory, pci, image, network, user } = flags;
  const volumes = volumesOf(flags);
  return {
    ...config,
    ...(slots !== undefined && { slots }),
    ...(memory !== undefined && { ramsize: memory }),
    ...(pci !== undefined && { pci }),
    ...(image !== undefined && { protium: { ...objectAt(config, 'protium'), image } }),
    ...(volumes.length > 0 && { volumes: [...volumes, ...listAt(config, 'volumes')] }),
    ...(network !== undefined && networksOf(network)),
    ...(user !== undefined && withLogin(config, { username: user })),
  };
}

/** A config with public keys that let in, beside its own. */
export function withPublicKeys(config: Config, keys: readonly string[]): Config {
  if (keys.length === 0) return config;
  const [, login] = loginOf(config);
  return { ...config, ...withLogin(config, { ssh_keys: [...listAt(login, 'ssh_keys'), ...keys] }) };
}

/** A config with this user-data instead of its own. */
export function withUserData(config: Config, cloudinit: string): Config {
  const { cloud_init_b64: _encoded, startup: _startup, ...rest } = config;
  return { ...rest, cloudinit };
}

function withLogin(config: Config, login: Config): Config {
  const [key, known] = loginOf(config);
  return { [key]: { ...known, ...login } };
}

/** Where the config has who logs in; under its first name where it does not say. */
function loginOf(config: Config): readonly [string, Config] {
  const key = ['authentication', 'auth', 'userAuth'].find((each) => config[each] !== undefined);
  return [key ?? 'authentication', objectAt(config, key ?? 'authentication')];
}

function volumesOf({ disk = [], volume = [], iso = [] }: ConfigFlags): readonly Config[] {
  return [
    ...disk.map((size) => ({ size })),
    ...volume.map((named) => (isId(named) ? { vid: named } : { name: named })),
    ...iso.map((named) => ({ iso: named })),
  ];
}

function isId(named: string): boolean {
  return /^[0-9a-f]{32}$/i.test(named.replaceAll('-', ''));
}

/** What is wrong in it, the daemon says. */
function objectAt(config: Config, key: string): Config {
  const value = config[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Config) : {};
}

function listAt(config: Config, key: string): readonly unknown[] {
  const value = config[key] ?? [];
  return Array.isArray(value) ? value : [value];
}

function networksOf(networks: readonly string[]): Config {
  if (networks.length === 1 && networks[0] === 'none') return { has_network: false, networks: [] };
  return { networks: networks.map((network) => ({ network_uid: network })) };
}

/** `2048`, `2048MiB`, `2G`, `2GiB` → MiB. */
export function parseMemory(text: string): number {
  const [, amount, unit = 'm'] = /^(\d{1,9})(?:([mg])(?:i?b)?)?$/i.exec(text) ?? [];
  if (amount === undefined) throw new InvalidArgumentError('It is a number of MiB, or has a unit: 2GiB.');
  return Number(amount) * (unit.toLowerCase() === 'g' ? 1024 : 1);
}

/** `10de:2489`, `10de:2489x2`. */
export function parsePci(text: string): PciFlag {
  const [, vendor, model, quantity = '1'] = /^([0-9a-f]{4}):([0-9a-f]{4})(?:x(\d{1,2}))?$/i.exec(text) ?? [];
  if (vendor === undefined || model === undefined) {
    throw new InvalidArgumentError('It is an id as lspci -nn shows it, and how many: 10de:2489x2.');
  }
  return { vendor: vendor.toLowerCase(), model: model.toLowerCase(), quantity: Number(quantity) };
}

const diskUnits: Readonly<Record<string, number>> = {
  '': 1e9,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  m: 2 ** 20,
  mib: 2 ** 20,
  g: 2 ** 30,
  gib: 2 ** 30,
  t: 2 ** 40,
  tib: 2 ** 40,
};

/** `20`, `20GB`, `20G`, `20GiB`, `0.5TB` → bytes. */
export function parseDisk(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,9}(?:\.\d{1,6})?)([a-z]{0,3})$/i.exec(text) ?? [];
  const bytes = diskUnits[unit.toLowerCase()];
  if (amount === undefined || bytes === undefined) {
    throw new InvalidArgumentError('It is a number of GB, or has a unit: 20GiB.');
  }
  return Math.round(Number(amount) * bytes);
}

function appended<Value>(parse: (text: string) => Value) {
  return (text: string, before: readonly Value[] | undefined): readonly Value[] => [
    ...(before ?? []),
    parse(text),
  ];
}
