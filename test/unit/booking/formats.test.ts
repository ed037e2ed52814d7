import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maximumOf } from '../../../internal/booking/capability.ts';
import { readBackupList, writeBackupList } from '../../../internal/booking/formats/backup-list.ts';
import { readBookingsCsv, writeBookingsCsv } from '../../../internal/booking/formats/bookings-csv.ts';
import {
  readCapabilityConfig,
  writeCapabilityConfig,
} from '../../../internal/booking/formats/capability-config.ts';
import { readHostDeploy } from '../../../internal/booking/formats/host-deploy.ts';
import { evaluateFormula } from '../../../internal/booking/formats/memory-formula.ts';
import { readUsersConfig, writeUsersConfig } from '../../../internal/booking/formats/users-config.ts';

const capability = `
max:
  cpus: 62
  ram: 30
  swap_size: 10
  gpus: 4
  shm_rate: ram / (ram + swap_size)
  memory: ram + swap_size
  backup_space: 200
  work_space: 500
allow_userIDs:
  -
  - M11007S05
  - tw-yshuang
  - m11007s05
max_default_capability:
  cpus: 8
  memory: 32
  gpus: 1
  backup_space: 50
  work_space: 200
max_custom_capability:
  tw-yshuang: {cpus: max, memory: max, gpus: 2}
  m11007s05:
`;

describe('capability_config.yaml', () => {
  it('tells who may have how much', () => {
    const config = readCapabilityConfig(capability);
    expect(config.max).toEqual({ cpus: 62, memoryGb: 40, gpus: 4, backupSpaceGb: 200, workSpaceGb: 500 });
    expect(config.allowedUsers).toEqual(['m11007s05', 'tw-yshuang']);
    const defaults = { cpus: 8, memoryGb: 32, gpus: 1, backupSpaceGb: 50, workSpaceGb: 200 };
    expect(maximumOf(config, 'm11007s05')).toEqual(defaults);
    expect(maximumOf(config, 'anybody')).toEqual(defaults);
    expect(maximumOf(config, 'tw-yshuang')).toEqual({ ...defaults, cpus: 62, memoryGb: 40, gpus: 2 });
  });

  it('is the same when it was written and read', () => {
    const config = readCapabilityConfig(capability);
    expect(readCapabilityConfig(writeCapabilityConfig(config))).toEqual(config);
  });

  it.each([
    [
      'more than the host has',
      capability.replace('memory: max', 'memory: 64'),
      'tw-yshuang may have memoryGb 64, and the host has 40',
    ],
    [
      'a formula that is a program',
      capability.replace('memory: ram + swap_size', 'memory: __import__("os")'),
      'cannot be read from character',
    ],
    ['no number', capability.replace('cpus: 62', 'cpus: lots'), 'max.cpus'],
    ['no YAML', 'max: {', 'line 1: this is not YAML'],
    ['another thing', '- 1', 'expected object'],
    ['a name that is none', capability.replace('tw-yshuang: {', '"../x": {'), '"../x" is no user id'],
  ])('%s is refused', (_what, text, message) => {
    expect(() => readCapabilityConfig(text)).toThrow(message);
  });

  it('does not make much of little', () => {
    const bomb = `a: &a [x]\n${Array.from({ length: 9 }, (_, level) => `b${level}: &b${level} [${Array.from({ length: 9 }, () => (level === 0 ? '*a' : `*b${level - 1}`)).join(', ')}]`).join('\n')}\n`;
    expect(() => readCapabilityConfig(bomb)).toThrow('too many aliases');
  });
});

describe('a formula', () => {
  const values = { ram: 30, swap_size: 10 };

  it.each([
    ['ram + swap_size', 40],
    ['ram / (ram + swap_size)', 0.75],
    ['-ram * 2 - -1.5', -58.5],
    ['2 - 1 - 1', 0],
    ['8 / 4 / 2', 1],
  ])('%s is %d', (formula, value) => {
    expect(evaluateFormula(formula, values)).toBe(value);
  });

  it.each([
    '',
    'ram +',
    '(ram',
    'ram)',
    'ram ** 2',
    'disk',
    'constructor',
    '1 / 0',
    'ram ram',
    '1e9',
    `${'('.repeat(60)}1`,
    ' '.repeat(2000),
  ])('%j is none', (formula) => {
    expect(() => evaluateFormula(formula, values)).toThrow('formula');
  });

  it('never does anything but count', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          return Number.isFinite(evaluateFormula(text, values));
        } catch (error) {
          return (error as { code?: string }).code === 'argument-invalid';
        }
      }),
    );
  });
});

describe('users_config.yaml', () => {
  const text = `
alice:
  password: 1234
  forward_port: 10001
  image: null
  extra_command: null
  volume_work_dir: /mnt/Users/alice
  volume_dataset_dir: /mnt/Dataset
  volume_backup_dir: /mnt/Backup/alice
Alice:
  password: "a --privileged b"
  forward_port: 10002
  image: rober5566a/aivc-server:latest
  extra_command: bash -c "ls"
`;

  it('counts as its last where a user is there twice, and passwords are text', () => {
    expect(readUsersConfig(text)).toEqual([
      {
        user: 'alice',
        password: 'a --privileged b',
        forwardPort: 10_002,
        image: 'rober5566a/aivc-server:latest',
        extraCommand: 'bash -c "ls"',
        workDirectory: null,
        datasetDirectory: null,
        backupDirectory: null,
      },
    ]);
    expect(readUsersConfig('bob: {password: 1234, forward_port: 10001}')[0]).toMatchObject({
      password: '1234',
    });
    expect(readUsersConfig('')).toEqual([]);
  });

  it('is written without passwords', () => {
    const written = writeUsersConfig(readUsersConfig(text));
    expect(written).toContain('forward_port: 10002');
    expect(written).not.toContain('privileged');
  });

  it.each([
    ['a port that is none', 'bob: {password: x, forward_port: 70000}', 'forward_port'],
    ['a name that is none', '"bo b": {password: x, forward_port: 10001}', 'a user id'],
    ['a name in two lines', 'bob: {password: "x\\ny", forward_port: 10001}', 'a text on one line'],
  ])('%s is refused', (_what, bad, message) => {
    expect(() => readUsersConfig(bad)).toThrow(message);
  });
});

describe('host_deploy.yaml', () => {
  it('tells places and images', () => {
    const text =
      'volume_work_dir: /mnt/Users\nvolume_dataset_dir: /mnt/Dataset\nvolume_backup_dir: /mnt/Backup\nimages: [a:1, b:2, a:1]';
    expect(readHostDeploy(text)).toEqual({
      workDirectory: '/mnt/Users',
      datasetDirectory: '/mnt/Dataset',
      backupDirectory: '/mnt/Backup',
      images: ['a:1', 'b:2'],
    });
    expect(() => readHostDeploy(text.replace('/mnt/Users', 'Users'))).toThrow('an absolute path');
  });
});

describe('booking.csv', () => {
  const header = 'start,end,user_id,cpus,memory,gpus,forward_port,image,extra_command';
  const row = '2024-05-01 10:30:00,2024-05-02 00:00:00,Alice,8.0,32,"[0, 2]",10001,,"bash -c ""a, b"""';
  const read = {
    start: new Date(2024, 4, 1, 10, 30).getTime(),
    end: new Date(2024, 4, 2).getTime(),
    user: 'alice',
    cpus: 8,
    memoryGb: 32,
    gpus: [0, 2],
    forwardPort: 10_001,
    image: null,
    extraCommand: 'bash -c "a, b"',
  };

  it('is read', () => {
    expect(readBookingsCsv(`${header}\n${row}\n`, 'booking.csv')).toEqual([read]);
    expect(readBookingsCsv(`${header}\n`, 'booking.csv')).toEqual([]);
    expect(readBookingsCsv('', 'booking.csv')).toEqual([]);
  });

  it('is the same when it was written and read', () => {
    const line = fc
      .string({ unit: 'grapheme-ascii', minLength: 1 })
      .map((text) => text.trim())
      .filter((text) => text !== '' && text !== 'None');
    const minute = fc.integer({ min: 27_000_000, max: 40_000_000 }).map((minutes) => minutes * 60_000);
    const rows = fc.array(
      fc.record({
        start: minute,
        end: minute,
        user: fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,10}$/),
        cpus: fc.integer({ min: 1, max: 128 }).map((half) => half / 2),
        memoryGb: fc.integer({ min: 1, max: 512 }),
        gpus: fc.array(fc.integer({ min: 0, max: 15 })),
        forwardPort: fc.integer({ min: 1, max: 65_535 }),
        image: fc.option(line),
        extraCommand: fc.option(line),
      }),
    );
    fc.assert(
      fc.property(rows, (some) => {
        const bookings = some.map((each) => ({ ...each, end: each.start + 1_800_000 }));
        expect(readBookingsCsv(writeBookingsCsv(bookings), 'x')).toEqual(bookings);
      }),
    );
  });

  it.each([
    ['a column is missing', header.replace(',gpus', ''), 'the columns gpus are missing'],
    ['a row is short', '1,2', 'not CSV'],
    ['GPUs are a program', row.replace('"[0, 2]"', '"[__import__(1)]"'), 'line 2: gpus'],
    ['it ends before', row.replace('2024-05-02', '2024-04-02'), 'ends before it starts'],
    ['cpus are nan', row.replace('8.0', 'nan'), 'cpus'],
    ['there is no such day', row.replace('2024-05-01', '2024-02-31'), 'start: a time as'],
  ])('%s: refused', (_what, bad, message) => {
    const first = bad.startsWith('start') ? bad : header;
    expect(() =>
      readBookingsCsv(`${first}\n${bad === first ? row.replace('"[0, 2]",', '') : bad}\n`, 'booking.csv'),
    ).toThrow(message);
  });
});

describe('backup.yaml', () => {
  it('is the same when it was written and read', () => {
    const list = readBackupList('Dir:\n- [.pyenv, /root/.pyenv]\nFile:\n- [".zshrc", "/root/.zshrc"]\n');
    expect(list).toEqual([
      { kind: 'directory', kept: '.pyenv', guest: '/root/.pyenv' },
      { kind: 'file', kept: '.zshrc', guest: '/root/.zshrc' },
    ]);
    expect(readBackupList(writeBackupList(list))).toEqual(list);
    expect(readBackupList('')).toEqual([]);
  });

  it.each(['[../x, /root]', '[a/../../x, /root]', '[/x, /root]', '[x, root]', '[x, /root/../etc]', '[x]'])(
    '%s leads out',
    (pair) => {
      expect(() => readBackupList(`Dir: [${pair}]`)).toThrow('backup.yaml');
    },
  );
});
