import type { OperationLog } from '../operations/definition.ts';
import type { PortForwards } from '../port-forwards/port-forwards.ts';
import { createRounds, type Rounds } from '../port-forwards/rounds.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';

/** A VM of a booking that has begun, and the host's port that is promised for it. */
export interface BookedPort {
  /** uuid */
  readonly instance: string;
  readonly forwardPort: number;
}

const sshPort = 22;

/** Opens the ports of bookings once their VMs are there; they go with the VMs. */
export function createPortKeeper(options: {
  /** Of bookings that have begun. */
  readonly wanted: () => readonly BookedPort[];
  readonly portForwards: Pick<PortForwards, 'list' | 'open'>;
  /** On all addresses of the host, so that users reach it: internal/config. */
  readonly hostAddress: string;
  readonly view: Pick<LiveView, 'domain' | 'onChange'>;
  readonly log: OperationLog;
}): Rounds {
  const { wanted, portForwards, hostAddress, view, log } = options;
  const round = async (): Promise<boolean> => {
    let done = true;
    for (const { instance, forwardPort } of wanted()) {
      if (view.domain(instance) === undefined) continue;
      const open = portForwards
        .list(instance)
        .some(
          ({ protocol, guestPort, hostPort }) =>
            protocol === 'tcp' && guestPort === sshPort && hostPort === forwardPort,
        );
      if (open) continue;
      try {
        await portForwards.open(
          {
            instance,
            guestPort: sshPort,
            protocol: 'tcp',
            hostPort: forwardPort,
            hostAddress,
            sources: [],
            network: null,
          },
          { validateOnly: false },
        );
      } catch (error) {
        done = false;
        log.warn({ err: error, instance, forwardPort }, 'the port of a booking could not be opened');
      }
    }
    return done;
  };
  return createRounds({
    round,
    isNeeded: () => wanted().length > 0,
    view,
    log,
    failure: 'the ports of bookings could not be opened',
  });
}
