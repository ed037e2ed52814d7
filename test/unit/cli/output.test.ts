import { describe, expect, it } from 'vitest';
import { createOutput } from '../../../cmd/protium/output/output.ts';
import { createScreen, type OutputStream } from '../../../cmd/protium/output/screen.ts';
import { formatFields, formatTable } from '../../../cmd/protium/output/table.ts';
import { formatBytes, formatMib } from '../../../cmd/protium/output/units.ts';
import { progressLine } from '../../../cmd/protium/operations/progress-line.ts';
import { DomainsServiceService } from '../../../internal/api/grpc/generated/protium/v1/domains.ts';
import { OperationState } from '../../../internal/api/grpc/generated/protium/v1/operations.ts';

interface Recorded extends OutputStream {
  text: string;
}

function stream(isTTY: boolean, columns = 80): Recorded {
  return {
    isTTY,
    columns,
    text: '',
    write(text) {
      this.text += text;
    },
  };
}

describe('a table', () => {
  it('has columns as wide as what is in them, without ends that are blank', () => {
    const rows = [
      [{ text: 'web' }, { text: 'running' }, { text: '' }],
      [{ text: '仮想' }, { text: 'off' }, { text: 'x' }],
    ];
    expect(formatTable(['NAME', 'STATE', 'TAGS'], rows)).toBe(
      'NAME  STATE    TAGS\nweb   running\n仮想  off      x\n',
    );
  });

  it('measures without colour', () => {
    const painted = { text: 'on', paint: (text: string) => `<${text}>` };
    expect(formatTable(['A', 'B'], [[painted, { text: 'x' }]])).toBe('A   B\n<on>  x\n');
  });

  it('lets nobody write on the terminal by a name', () => {
    expect(formatFields([['name', 'a\u001B]0;x\u0007\nb\u202Ec']])).not.toMatch(/[\u001B\u0007\u202E]|\n./);
  });
});

it.each([
  [512n, '512 MiB'],
  [2048n, '2 GiB'],
  [2500n, '2500 MiB'],
])('%d MiB', (mib, text) => {
  expect(formatMib(mib)).toBe(text);
});

it.each([
  [999n, '999 B'],
  [100_000_000n, '100 MB'],
  [1_500_000_000n, '1.5 GB'],
])('%d bytes', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

describe('the screen', () => {
  it('rewrites progress on a terminal, and clears it for what comes', () => {
    const [stdout, stderr] = [stream(true), stream(true, 11)];
    const screen = createScreen(stdout, stderr, {});
    screen.progress('half\u001B of the way');
    screen.progress('done');
    screen.write('x\n');
    screen.endProgress();
    expect(stderr.text).toBe('\rhalf\u{FFFD} of t\u001B[K\rdone\u001B[K\r\u001B[K');
    expect(screen.paint('red', 'x')).toContain('\u001B[31m');
  });

  it.each([
    [false, {}],
    [true, { NO_COLOR: '1' }],
    [true, { TERM: 'dumb' }],
  ])('is plain where that is wanted: %s, %j', (isTTY, environment) => {
    expect(createScreen(stream(isTTY), stream(isTTY), environment).paint('red', 'x')).toBe('x');
  });

  it('is silent of progress in a pipe', () => {
    const stderr = stream(false);
    createScreen(stream(false), stderr, {}).progress('half');
    expect(stderr.text).toBe('');
  });
});

describe('an answer', () => {
  const answer = {
    domains: [
      { name: 'web', uuid: 'u', state: 1, persistent: true, autostart: false, memoryKib: 1024n, vcpus: 1 },
    ],
  } as const;
  const shown = { names: ['web'], text: () => 'text\n' };
  const written = (format: 'json' | 'yaml' | 'name' | 'table', item = false): string => {
    const stdout = stream(false);
    const output = createOutput(createScreen(stdout, stream(false), {}), format);
    const method = DomainsServiceService.listDomains;
    if (item) output.item(method, { domains: [...answer.domains] }, shown);
    else output.answer(method, { domains: [...answer.domains] }, shown);
    return stdout.text;
  };

  it('is written as protobuf maps it to JSON', () => {
    expect(JSON.parse(written('json'))).toEqual({
      domains: [
        {
          name: 'web',
          uuid: 'u',
          state: 'DOMAIN_STATE_RUNNING',
          persistent: true,
          autostart: false,
          memoryKib: '1024',
          vcpus: 1,
        },
      ],
    });
    expect(written('json', true).split('\n')).toHaveLength(2);
    expect(written('yaml')).toMatch(/^---\ndomains:\n {2}- name: web\n/);
  });

  it('is written as names or text', () => {
    expect(written('name')).toBe('web\n');
    expect(written('table')).toBe('text\n');
  });
});

describe('progress', () => {
  const begun = (subject: string, fraction: number, ended: boolean) => ({
    subject,
    operation: {
      id: subject,
      kind: 'k',
      state: OperationState.OPERATION_STATE_RUNNING,
      resources: [],
      steps: [],
      cancelRequested: false,
      progress: { completedSteps: 0, totalSteps: 2, fraction, message: 'Starting' },
      endTime: ended ? new Date() : undefined,
    },
  });

  it('is of the first that goes on', () => {
    expect(progressLine([begun('web', 0.5, false)])).toBe('web: 50 % Starting');
    expect(progressLine([begun('a', 1, true), begun('b', 0.25, false)])).toBe(
      '1 of 2 done, b: 25 % Starting',
    );
    expect(progressLine([begun('a', 1, true)])).toBe('');
  });
});
