import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { execa } from 'execa';
import { Option, type Command } from 'commander';
import {
  ConsoleKind,
  ConsolesServiceService,
} from '../../../internal/api/grpc/generated/protium/v1/consoles.ts';
import type { Daemon } from '../connection/daemon.ts';
import { attach, requireGoodEnd } from '../console/attach.ts';
import { pageAddress } from '../console/page-address.ts';
import { viewerArguments } from '../console/viewer.ts';
import { Failure } from '../failure.ts';
import type { RunSession, Session } from '../session.ts';
import { parsePort } from './parse-number.ts';

interface VncOptions {
  readonly port: number;
  readonly viewer?: string;
  readonly page?: boolean;
}

const kind = ConsoleKind.CONSOLE_KIND_VNC;

export function addVncCommand(program: Command, run: RunSession): void {
  program
    .command('vnc')
    .description(
      'bring the display of an instance to a port of this machine (127.0.0.1), for a VNC viewer, until Ctrl-C',
    )
    .argument('<instance>', 'name or uuid')
    .addOption(new Option('--port <port>', '0: any that is free').argParser(parsePort).default(0))
    .option(
      '--viewer <program>',
      'start this viewer with it, e.g. vncviewer or remote-viewer, and end with it',
    )
    .option('--page', 'write the address of a page for a browser instead; it is good once, for 30 s')
    .action((instance: string, options: VncOptions, command: Command) =>
      run(command, (session) => serveDisplay(session, instance, options)),
    );
}

async function serveDisplay(session: Session, instance: string, options: VncOptions): Promise<void> {
  const { daemon, output } = session;
  if (options.page === true) {
    output.write(`${await pageAddress(daemon, { instance, kind, device: '', force: false })}\n`);
    return;
  }
  // What cannot be opened is told now, not to a viewer that cannot show it.
  await daemon.call(ConsolesServiceService.createConsoleTicket, {
    ...{ instance, kind, device: '', force: false, scrollbackBytes: 0 },
    validateOnly: true,
  });
  session.catchInterrupts();
  const ended = new AbortController();
  session.interrupted.addEventListener('abort', () => ended.abort());
  const server = createServer({ allowHalfOpen: false }, (viewer) => {
    carry(daemon, instance, viewer, ended.signal).catch((error: unknown) => {
      output.note(`protium: ${error instanceof Error ? error.message : String(error)}`);
    });
  });
  const port = await listen(server, options.port);
  output.write(`127.0.0.1:${port}\n`);
  try {
    if (options.viewer === undefined) {
      if (!ended.signal.aborted) await once(ended.signal, 'abort');
    } else await runViewer(options.viewer, port, ended.signal);
  } finally {
    ended.abort();
    server.close();
  }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Failure('usage', `Port ${port} cannot be had: ${(error as Error).message}.`, {
      exit: 'usage',
      cause: error,
    });
  }
  return (server.address() as AddressInfo).port;
}

async function carry(daemon: Daemon, instance: string, viewer: Socket, signal: AbortSignal): Promise<void> {
  const gone = new AbortController();
  viewer.on('error', () => gone.abort());
  viewer.once('close', () => gone.abort());
  viewer.setNoDelay(true);
  try {
    const opening = { instance, kind, device: '', force: false, scrollbackBytes: 0 };
    const user = {
      typed: viewer as AsyncIterable<Buffer>,
      show: async (bytes: Uint8Array) => {
        if (!viewer.write(bytes)) await Promise.race([once(viewer, 'drain'), once(viewer, 'close')]);
      },
    };
    requireGoodEnd(await attach(daemon, opening, user, AbortSignal.any([gone.signal, signal])));
  } finally {
    viewer.destroy();
  }
}

async function runViewer(program: string, port: number, cancelSignal: AbortSignal): Promise<void> {
  const { failed, shortMessage, isCanceled } = await execa(program, viewerArguments(program, port), {
    stdio: 'inherit',
    reject: false,
    cancelSignal,
  });
  if (failed && !isCanceled) throw new Failure('failed', `The viewer failed: ${shortMessage ?? program}.`);
}
