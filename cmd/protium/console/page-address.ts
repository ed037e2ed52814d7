import {
  ConsoleKind,
  ConsolesServiceService,
} from '../../../internal/api/grpc/generated/protium/v1/consoles.ts';
import type { Daemon } from '../connection/daemon.ts';

/** Writes where a console is to be seen in a browser, once and within half a minute. */
export async function pageAddress(
  daemon: Daemon,
  wanted: {
    readonly instance: string;
    readonly kind: ConsoleKind;
    readonly device: string;
    readonly force: boolean;
  },
): Promise<string> {
  const { pagePath, httpOrigins } = await daemon.call(ConsolesServiceService.createConsoleTicket, {
    ...wanted,
    scrollbackBytes: wanted.kind === ConsoleKind.CONSOLE_KIND_VNC ? 0 : 65_536,
    validateOnly: false,
  });
  return `${httpOrigins[0] ?? ''}${pagePath}`;
}
