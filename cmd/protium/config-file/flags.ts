import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseCount } from '../commands/parse-number.ts';
import { collect } from '../commands/collect.ts';
import type { Config } from './parse-config.ts';

/** A small config by flags alone. */
export interface ConfigFlags {
  readonly slots?: number;
  /** In MiB. */
  readonly memory?: number;
  readonly disk?: readonly number[];
  readonly pci?: readonly PciFlag[];
  readonly network?: readonly string[];
}

export interface PciFlag {
  readonly vendor: string;
  readonly model: string;
  readonly quantity: number;
}

const names = ['slots', 'memory', 'disk', 'pci', 'network'] as const satisfies readonly (keyof ConfigFlags)[];

export function addConfigFlags(command: Command): Command {
  const option = (flags: string, help: string): Option => new Option(flags, help).conflicts('file');
  return command
    .addOption(
      option('--slots <number>', 'cores or threads of the host, without a file').argParser(parseCount),
    )
    .addOption(option('--memory <size>', 'MiB, or with a unit: 2GiB').argParser(parseMemory))
    .addOption(
      option('--disk <gb>', 'a new disk of this size in GB; may be repeated').argParser(appended(parseDisk)),
    )
    .addOption(
      option('--pci <vendor:model[xN]>', 'N devices of this id (10de:2489x2); may be repeated').argParser(
        appended(parsePci),
      ),
    )
    .addOption(
      option('--network <name>', 'a network by name or uuid; none: no network; may be repeated').argParser(
        collect,
      ),
    );
}

/** The config that the flags mean; null: none was given. */
export function configOfFlags(flags: ConfigFlags): Config | null {
  if (names.every((name) => flags[name] === undefined)) return null;
  const { slots, memory, disk, pci, network } = flags;
  return {
    ...(slots !== undefined && { slots }),
    ...(memory !== undefined && { ramsize: memory }),
    ...(disk !== undefined && { volumes: disk.map((size) => ({ size_gb: size })) }),
    ...(pci !== undefined && { pci }),
    ...(network !== undefined && networksOf(network)),
  };
}

function networksOf(networks: readonly string[]): Config {
  if (networks.length === 1 && networks[0] === 'none') return { has_network: false };
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

function parseDisk(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('It is a number of GB.');
  return Number(text);
}

function appended<Value>(parse: (text: string) => Value) {
  return (text: string, before: readonly Value[] | undefined): readonly Value[] => [
    ...(before ?? []),
    parse(text),
  ];
}
