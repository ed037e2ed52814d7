import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

/** A page in a browser. */
export interface Tab {
  /** What an expression is in the page; of a promise what it becomes. */
  evaluate<Value>(expression: string): Promise<Value>;
  /** Types as a person does; `\r` is the key Enter. */
  type(text: string): Promise<void>;
  /** What the browser complained of: scripts that failed, what a policy kept out. */
  readonly complaints: readonly string[];
}

export interface Browser {
  open(address: string): Promise<Tab>;
  close(): Promise<void>;
}

/** Debian's Chromium without a screen, with a profile of its own, over its DevTools protocol. */
export async function startChromium(): Promise<Browser> {
  const profile = await mkdtemp(path.join(tmpdir(), 'protium-chromium-'));
  const child = spawn(
    'chromium',
    [
      ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'],
      ...['--disable-background-networking', '--disable-extensions', '--remote-debugging-port=0'],
      ...[`--user-data-dir=${profile}`, 'about:blank'],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const exited = once(child, 'exit');
  const socket = new WebSocket(await endpointOf(child.stderr), { perMessageDeflate: false });
  await once(socket, 'open');
  const protocol = createProtocol(socket);
  return {
    async open(address) {
      const { targetId } = await protocol.send<{ targetId: string }>('Target.createTarget', {
        url: 'about:blank',
      });
      const { sessionId } = await protocol.send<{ sessionId: string }>('Target.attachToTarget', {
        targetId,
        flatten: true,
      });
      const complaints: string[] = [];
      protocol.onEvent((method, params, session) => {
        if (session !== sessionId) return;
        if (method === 'Log.entryAdded' || method === 'Runtime.exceptionThrown') {
          complaints.push(JSON.stringify(params));
        }
      });
      const send = <Answer>(method: string, params: object = {}) =>
        protocol.send<Answer>(method, params, sessionId);
      for (const domain of ['Log', 'Runtime', 'Page']) await send(`${domain}.enable`);
      await send('Page.navigate', { url: address });
      return {
        complaints,
        async evaluate<Value>(expression: string) {
          const { result, exceptionDetails } = await send<Evaluated<Value>>('Runtime.evaluate', {
            expression,
            awaitPromise: true,
            returnByValue: true,
          });
          if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
          return result.value;
        },
        async type(text) {
          for (const character of text) {
            const key =
              character === '\r'
                ? { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' }
                : { key: character, text: character };
            await send('Input.dispatchKeyEvent', { type: 'keyDown', ...key });
            await send('Input.dispatchKeyEvent', { type: 'keyUp', ...key });
          }
        },
      };
    },
    async close() {
      await protocol.send('Browser.close').catch(() => undefined);
      await exited;
      await rm(profile, { recursive: true, force: true });
    },
  };
}

interface Evaluated<Value> {
  readonly result: { readonly value: Value };
  readonly exceptionDetails?: object;
}

async function endpointOf(output: NodeJS.ReadableStream): Promise<string> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: output })) {
    const [, address] = /^DevTools listening on (ws:\S+)/.exec(line) ?? [];
    if (address !== undefined) {
      output.resume();
      return address;
    }
    lines.push(line);
  }
  throw new Error(`Chromium ended:\n${lines.join('\n')}`);
}

type Listener = (method: string, params: unknown, session: string | undefined) => void;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly sessionId?: string;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

function createProtocol(socket: WebSocket) {
  const waiting = new Map<number, (message: Message) => void>();
  const listeners: Listener[] = [];
  let last = 0;
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Message;
    if (message.id !== undefined) waiting.get(message.id)?.(message);
    else for (const listener of listeners) listener(message.method ?? '', message.params, message.sessionId);
  });
  socket.once('close', () => {
    // What ends the browser has no answer.
    for (const answer of waiting.values()) answer({ error: { message: 'the browser has ended' } });
  });
  return {
    onEvent: (listener: Listener) => void listeners.push(listener),
    async send<Answer>(method: string, params: object = {}, sessionId?: string): Promise<Answer> {
      const id = (last += 1);
      const { result, error } = await new Promise<Message>((resolve) => {
        waiting.set(id, resolve);
        socket.send(
          JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }),
        );
      });
      waiting.delete(id);
      if (error !== undefined) throw new Error(`${method}: ${error.message}`);
      return result as Answer;
    },
  };
}
