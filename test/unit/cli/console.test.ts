import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { untilEscape } from '../../../cmd/protium/console/escape.ts';
import { watchFor } from '../../../cmd/protium/console/seen.ts';
import { processTerminal } from '../../../cmd/protium/console/terminal.ts';
import { viewerArguments } from '../../../cmd/protium/console/viewer.ts';

describe('the escape key', () => {
  const typed = async (...chunks: string[]) => {
    const left = vi.fn();
    const input = new PassThrough();
    for (const chunk of chunks) input.write(chunk);
    input.end();
    const seen: string[] = [];
    for await (const bytes of untilEscape(input, left)) seen.push(Buffer.from(bytes).toString());
    return { seen: seen.join(''), left: left.mock.calls.length };
  };

  it('leaves, and what was typed before it is sent', async () => {
    expect(await typed('ls\r', 'ab\u001Dcd')).toEqual({ seen: 'ls\rab', left: 1 });
    expect(await typed('\u001D')).toEqual({ seen: '', left: 1 });
  });

  it('is no other key, not Ctrl-C', async () => {
    expect(await typed('\u0003\u001B[A')).toEqual({ seen: '\u0003\u001B[A', left: 0 });
  });
});

it('a text is seen in whatever pieces it comes', () => {
  const seen = watchFor('login: ');
  expect(['web lo', 'gi', 'n:', 'x lo', 'gin: '].map((piece) => seen(Buffer.from(piece)))).toEqual([
    false,
    false,
    false,
    false,
    true,
  ]);
});

it.each([
  ['vncviewer', '127.0.0.1::5901'],
  ['/usr/bin/remote-viewer', 'vnc://127.0.0.1:5901'],
])('%s is told %s', (program, argument) => {
  expect(viewerArguments(program, 5901)).toEqual([argument]);
});

describe('a terminal', () => {
  const terminalOf = () => {
    const modes: boolean[] = [];
    const stdin = Object.assign(new PassThrough(), {
      isTTY: true,
      setRawMode: (on: boolean) => void modes.push(on),
    });
    const out = Object.assign(new PassThrough(), { isTTY: true });
    const terminal = processTerminal(stdin as never, out as never, out as never);
    return { modes, stdin, out, terminal };
  };

  it('is as it was after what went wrong', async () => {
    const { modes, terminal } = terminalOf();
    await expect(terminal.raw(() => Promise.reject(new Error('lost')))).rejects.toThrow('lost');
    expect(modes).toEqual([true, false]);
  });

  it('takes a secret without showing it', async () => {
    const { modes, stdin, out, terminal } = terminalOf();
    const secret = terminal.askSecret?.('Password: ');
    stdin.write('wrx');
    stdin.write('\u007F\u007Fong\r');
    expect(await secret).toBe('wong');
    expect(String(out.read())).toBe('Password: \n');
    expect(modes).toEqual([true, false]);
  });

  it('Ctrl-C at a secret is none', async () => {
    const { stdin, terminal } = terminalOf();
    const secret = terminal.askSecret?.('Password: ');
    stdin.write('abc\u0003');
    expect(await secret).toBe('');
  });
});
