import fc from 'fast-check';
import { configFormats, formatOfConfig, parseConfig } from '../../../cmd/protium/config-file/parse-config.ts';
import { readFirewallFile } from '../../../cmd/protium/firewall/firewall-file.ts';
import { parseRule } from '../../../cmd/protium/firewall/rule-text.ts';
import { readSpec as readAppliedSpec } from '../../../cmd/protium/apply/read-spec.ts';
import { parseMemory, parseSize } from '../../../cmd/protium/commands/parse-size.ts';
import { parseDisk, parsePci } from '../../../cmd/protium/config-file/flags.ts';
import { readManifest } from '../../../cmd/protium/gpueater/synchronize/manifest.ts';
import { parsePlace } from '../../../cmd/protium/guest/place.ts';
import { readUserData } from '../../../internal/cloud-init/user-data.ts';
import { readVariables } from '../../../internal/config/settings.ts';
import { readMigrationTargets } from '../../../internal/config/migration-targets.ts';
import { variables } from '../../../internal/config/variables.ts';
import { parseFlavorSettings } from '../../../internal/flavors/settings.ts';
import { readPool } from '../../../internal/floating-addresses/pool.ts';
import { readSubnet } from '../../../internal/networks/ipv4.ts';
import { readSources } from '../../../internal/port-forwards/sources.ts';
import { readCanallocateBody, readRegisterBody } from '../../../internal/spec/register-body.ts';
import { readSpec } from '../../../internal/spec/read-spec.ts';
import { readBackupList } from '../../../internal/booking/formats/backup-list.ts';
import { readBookingsCsv } from '../../../internal/booking/formats/bookings-csv.ts';
import { readCapabilityConfig } from '../../../internal/booking/formats/capability-config.ts';
import { readHostDeploy } from '../../../internal/booking/formats/host-deploy.ts';
import { evaluateFormula } from '../../../internal/booking/formats/memory-formula.ts';
import { readUsersConfig } from '../../../internal/booking/formats/users-config.ts';
import { corpusJson } from '../corpus.ts';
import { anyValue, bentValue } from '../generators/values.ts';
import { mutatedText } from '../generators/mutation.ts';
import { mayRefuse } from '../refusal.ts';
import { target, type FuzzTarget } from '../target.ts';

const examples = corpusJson('test/examples/elemento');
const owner = { client_uid: 'f'.repeat(32), vm_name: 'fuzzed' };
const bodies = examples.map((body) => ({ ...owner, ...(body as object) }));

const toml =
  '[cpu]\nslots = 4\n[[pci]]\nvendor = "10de"\nmodel = "2489"\ndate = 1979-05-27T07:32:00Z\ntext = """\na\n"""\n';
const yaml =
  'slots: 4\nramsize: 8192\nvolumes:\n  - &a {size: 20GiB}\n  - *a\nmisc: {os_family: linux}\nuser_data: |\n  #cloud-config\n';
const json = '{"slots": 4, "ramsize": 8192, "pci": [{"vendor": "10de", "model": "2489", "quantity": 1}]}';
const capability =
  'max:\n  cpus: 62\n  ram: 30\n  swap_size: 10\n  gpus: 4\n  memory: ram + swap_size\n  backup_space: 200\n  work_space: 500\nallow_userIDs:\n  - m1\nmax_default_capability: {cpus: 8, memory: 32, gpus: 1, backup_space: 50, work_space: 200}\nmax_custom_capability:\n  m1: {cpus: max}\n';
const users =
  'm1:\n  password: "1234"\n  forward_port: 10000\n  image: a/b\n  extra_command: null\n  volume_work_dir: /a\n  volume_dataset_dir: /b\n  volume_backup_dir: /c\n';
const csv =
  'user_id,start,end,cpus,memory,gpus,forward_port,image,extra_command\nm1,2026-12-01 14:30:00,2026-12-02 14:30:00,4,8,1,10000,a/b,"x, ""y"""\n';
const firewall =
  'defaultIn: drop\nrules:\n  - {direction: in, action: accept, protocol: tcp, ports: 22-23, remote: 10.0.0.0/8}\n';

const text = (name: string, corpus: readonly string[], read: (text: string) => unknown): FuzzTarget =>
  target(name, mutatedText(corpus), (input) => mayRefuse(() => read(input)));

/** Answers with errors in fields, and never throws. */
const spec = (name: string, read: (body: unknown) => unknown): FuzzTarget =>
  target(name, fc.oneof(bentValue(bodies), anyValue), read);

export const configTargets: readonly FuzzTarget[] = [
  spec("Elemento's config", readSpec),
  spec("AtomOS's register", readRegisterBody),
  spec("AtomOS's canallocate", readCanallocateBody),
  target("AtomOS's req as text", mutatedText(bodies.map((body) => JSON.stringify(body))), (req) =>
    readRegisterBody({ ...owner, req }),
  ),
  target(
    'files of configs',
    fc.tuple(mutatedText([toml, yaml, json]), fc.constantFrom(...configFormats)),
    ([input, format]) => mayRefuse(() => [parseConfig(input, format, 'a'), formatOfConfig('a', input)]),
  ),
  target('files to apply', mutatedText([yaml, json]), (input) =>
    mayRefuse(() => readAppliedSpec(parseConfig(input, 'yaml', 'a'))),
  ),
  text('files of a firewall', [firewall], (input) => readFirewallFile(parseConfig(input, 'yaml', 'a'))),
  text('rules of a firewall', ['in:tcp:22-80:10.0.0.0/8', 'out:all'], (input) => parseRule(input, 'accept')),
  text('sizes', ['20GiB', '1024', '5 T'], (input) => [parseSize(input), parseMemory(input)]),
  text('flags of the command line', ['10de:2489', '20GiB', 'web:/etc/x', 'pool/vol'], async (input) => {
    for (const parse of [parsePci, parseDisk, parsePlace]) await mayRefuse(() => parse(input));
  }),
  text(
    'manifests to synchronise',
    ['{"version":1,"files":{"a/b":{"size":1,"mtime":2,"sha256":"00"}}}'],
    readManifest,
  ),
  text(
    'user-data',
    [
      '#cloud-config\nruncmd:\n  - [a, b]\nwrite_files: [{path: /a, content: !!binary aGk=}]\n',
      '#!/bin/sh\ntrue\n',
    ],
    readUserData,
  ),
  target(
    'environment',
    fc.dictionary(
      fc.constantFrom(...Object.values(variables).map(({ name }) => name)),
      mutatedText(['1', 'true', '127.0.0.1', '/a:/b', '30', 'qemu:///system', 'none', 'info', '10.0.0.0/24']),
      { maxKeys: 6 },
    ),
    (env) => {
      readVariables(env);
    },
  ),
  text(
    'migration targets',
    ['there=qemu+ssh://root@there/system;http=https://there:9021'],
    readMigrationTargets,
  ),
  text(
    'flavors',
    ['override:\n  a.small: {vcpus: 2}\nadd:\n  - {name: b, vcpus: 1, memoryMib: 64}\n'],
    (input) => parseFlavorSettings(input, 'f'),
  ),
  text('pools of addresses', ['203.0.113.0/29, 198.51.100.7-198.51.100.9,192.0.2.1', 'none'], readPool),
  text('subnets', ['10.0.0.0/8', '192.168.122.1/24'], readSubnet),
  text('sources of port forwards', ['10.0.0.0/8', '::1', 'fe80::1%eth0/64'], (input) => readSources([input])),
  text("AIVC's capability_config", [capability], readCapabilityConfig),
  text("AIVC's users_config", [users], (input) => readUsersConfig(input)),
  text("AIVC's host_deploy", ['name: a\nip: 10.0.0.1\nvolume_work_dir: /a\n'], (input) =>
    readHostDeploy(input),
  ),
  text("AIVC's backup list", ['Backup:\n  - [a, b]\nDir:\n  - [c, d]\n'], (input) => readBackupList(input)),
  text("AIVC's bookings", [csv], (input) => readBookingsCsv(input, 'booking.csv')),
  text("AIVC's formulas", ['ram / (ram + swap_size)', '2 * (3 - 1)'], (input) =>
    evaluateFormula(input, { ram: 1, swap_size: 2 }),
  ),
];
