import { expect, it } from 'vitest';
import { candidatesFor } from '../../../cmd/protium/completion/candidates.ts';
import { createProgram } from '../../../cmd/protium/program.ts';

const program = createProgram(() => Promise.resolve());

function candidates(...words: string[]): string | readonly string[] {
  const found = candidatesFor(program, words);
  return found.kind === 'words' ? found.words.map(({ word }) => word) : found.kind;
}

it('commands are completed, the hidden one is not', () => {
  expect(candidates('')).toContain('create');
  expect(candidates('')).not.toContain('complete');
  expect(candidates('operation', '')).toEqual(['list', 'get', 'wait', 'watch', 'cancel', 'help']);
  expect(candidates('domain', 'list', '')).toEqual([]);
});

it('options are completed, those of every command too', () => {
  expect(candidates('stop', '--')).toEqual(expect.arrayContaining(['--only-ask', '--address', '--help']));
  expect(candidates('stop', '--', '--')).toBe('instance');
});

it.each([
  [['start', ''], 'instance'],
  [['start', 'a', ''], 'instance'],
  [['get', 'a', ''], []],
  [['stop', '--timeout', '5', ''], 'instance'],
  [['--address', 'x:1', 'operation', 'get', ''], 'operation'],
  [['domain', 'get', ''], 'domain'],
  [['flavor', 'get', ''], 'flavor'],
  [['snapshot', 'get', ''], 'instance'],
  [['snapshot', 'get', 'web', ''], 'snapshot'],
  [['snapshot', 'create', 'web', ''], []],
  [['detach', 'volume', 'web', ''], 'target'],
  [['detach', 'network', '--timeout', '5', 'web', ''], 'mac'],
  [['detach', 'device', 'web', ''], 'address'],
  [['create', ''], []],
  [['create', '-f', ''], 'file'],
  [['create', '--image', ''], 'image'],
  [['create', '--key', ''], 'file'],
  [
    ['create', '--wait-for', ''],
    ['running', 'address', 'agent', 'ssh'],
  ],
  [['ssh', ''], 'instance'],
  [['ssh', '-i', ''], 'file'],
  [['key', 'get', ''], 'key'],
  [['key', 'delete', 'a', ''], 'key'],
  [['key', 'import', 'a', ''], 'file'],
  [['plan', '--file', 'x'], 'file'],
  [
    ['plan', '-o', ''],
    ['table', 'json', 'yaml', 'name'],
  ],
  [['events', '--object', ''], 'instance'],
  [['volume', 'move', ''], 'volume'],
  [['volume', 'move', 'a/b', ''], 'pool'],
  [['quota', 'set', ''], 'project'],
  [['quota', 'show', '--user', ''], 'user'],
  [['gpueater', 'copy', ''], 'instance'],
  [['gpueater', 'call', ''], 'function'],
  [['gpueater', 'call', 'make_invoice', '--save', ''], 'file'],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
] as const)('%j is completed by %s', (words, expected) => {
  expect(candidates(...words)).toEqual(expected);
});
