import type { Door } from '../../../../internal/api/door/door.ts';
import type { FailedLogins } from '../../../../internal/api/door/failed-logins.ts';
import type { GrpcDoorOptions } from '../../../../internal/api/door/grpc-door.ts';
import { localAdministrator, type Caller } from '../../../../internal/identity/caller.ts';

/** Takes every request for this caller's; for tests of what lies behind the door. */
export function openDoor(caller: Caller = localAdministrator('root', 'unix')): Door {
  return {
    admit: () => ({ caller, use: 'everything' }),
    localProgram: () => 0,
    callerFor: () => caller,
  };
}

export const noFailedLogins: FailedLogins = { answerTo: (error) => Promise.resolve(error) };

export const openGrpcDoor: GrpcDoorOptions = {
  door: openDoor(),
  failedLogins: noFailedLogins,
  reads: new Set(),
};
