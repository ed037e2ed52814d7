import { randomUUID } from 'node:crypto';
import { ProtiumError } from '../errors/protium-error.ts';
import { newOwner } from '../identity/secrets.ts';
import type { KeyedLock } from '../operations/keyed-lock.ts';
import { bookingConfig } from './booking-config.ts';
import type { BookedState, BookingLeases, CardClass } from './booking-leases.ts';
import { askedCapability, askedPort, bookingPorts, passwordProblem } from './booking-rules.ts';
import type { BookingStore, StoredUser } from './booking-store.ts';
import type { Booking, BookingRequest, Bookings, BookingState, BookingUser } from './booking.ts';
import { maximumOf, type Maximum } from './capability.ts';
import { exportFiles } from './export-files.ts';
import { importFiles } from './import-files.ts';
import { createLoginGuard } from './login-guard.ts';
import { hashPassword, isPassword } from './password-hash.ts';
import { readSettings } from './settings.ts';
import type { UserVolumeKind, UserVolumes } from './user-volumes.ts';

export interface BookingsOptions {
  readonly locks: KeyedLock;
  readonly store: BookingStore;
  readonly leases: BookingLeases;
  /** Cards of the host that can be given to VMs, the model of which there are most first. */
  readonly cards: () => Promise<readonly CardClass[]>;
  /** Names of the images that VMs can be made from. */
  readonly images: () => readonly string[];
  /** What a guest's shadow file takes: internal/seed/password-hash.ts. */
  readonly hashForGuest: (password: string) => Promise<string>;
  readonly userVolume: UserVolumes;
  /** `POOL/NAME` of the volume that every machine gets to read; null: there is none. */
  readonly dataset: string | null;
  readonly restart: (instance: string) => Promise<void>;
  readonly now?: () => number;
}

export function createBookings(options: BookingsOptions): Bookings {
  const { store, leases, now = Date.now } = options;
  const guard = createLoginGuard(now);

  const settings = () => readSettings(store);
  const allowed = (named: string): { readonly user: string; readonly maximum: Maximum } => {
    const user = named.trim().toLowerCase();
    const { capability } = settings();
    if (capability?.allowedUsers.includes(user) !== true) {
      throw new ProtiumError(
        'not-found',
        `"${user}" may not book here: capability_config.yaml does not name it in allow_userIDs.`,
        { details: { user } },
      );
    }
    return { user, maximum: maximumOf(capability, user) };
  };
  const login = async (named: string, password: string): Promise<StoredUser> => {
    const { user } = allowed(named);
    guard.require(user);
    const kept = store.user(user);
    const right = await isPassword(password, kept?.passwordHash ?? '');
    guard.note(user, right);
    if (right && kept !== undefined) return kept;
    throw new ProtiumError('credentials-wrong', `That is not the password of "${user}".`, {
      details: { user },
    });
  };

  const stateOf = ({ lease }: Booking): BookedState | undefined =>
    lease === null ? undefined : leases.get(lease);
  const listed = (
    booking: Booking,
    numbers: readonly string[],
  ): Booking & { readonly state: BookingState } => {
    const lease = stateOf(booking);
    if (lease === undefined) return { ...booking, state: 'used' };
    const state = lease.phase === 'before' ? 'booking' : lease.phase === 'running' ? 'using' : 'used';
    const gpuNumbers = lease.devices.map((device) => numbers.indexOf(device)).filter((number) => number >= 0);
    return {
      ...booking,
      start: lease.start,
      end: lease.end,
      state,
      ...(gpuNumbers.length > 0 && { gpuNumbers }),
    };
  };
  let cardAddresses: readonly string[] = [];
  const list: Bookings['list'] = ({ user, state }) =>
    store
      .all()
      .filter((booking) => user === undefined || booking.user === user.toLowerCase())
      .map((booking) => listed(booking, cardAddresses))
      .filter((booking) => state === undefined || booking.state === state);
  const overlapping = (start: number, end: number) =>
    list({}).filter((other) => other.state !== 'used' && other.start < end && start < other.end);

  const usedPorts = (): ReadonlySet<number> =>
    new Set(
      [...store.users(), ...list({}).filter(({ state }) => state !== 'used')].map(
        ({ forwardPort }) => forwardPort,
      ),
    );
  const freePort = (): number => {
    const used = usedPorts();
    const { first, last } = bookingPorts;
    for (let port = first; port <= last; port += 1) if (!used.has(port)) return port;
    throw new ProtiumError('resource-in-use', `Every port from ${first} to ${last} is a user's already.`);
  };
  /** A port that nobody else has as their own. */
  const ownPort = (user: string, port: number): number => {
    const checked = askedPort(String(port));
    if (!checked.ok) throw invalid('forward_port', checked.message);
    if (store.users().some((other) => other.user !== user && other.forwardPort === port)) {
      throw new ProtiumError(
        'resource-in-use',
        'DuplicateError: Forward Port duplicated with others in other user’s config!!',
        { details: { forwardPort: port } },
      );
    }
    return port;
  };
  const hashesOf = async (password: string) => {
    const problem = passwordProblem(password);
    if (problem !== null) throw invalid('password', problem);
    const [passwordHash, guestHash] = await Promise.all([
      hashPassword(password),
      options.hashForGuest(password),
    ]);
    return { passwordHash, guestHash };
  };
  const availableImage = (image: string | null): string | null => {
    if (image === null || options.images().includes(image)) return image;
    throw invalid(
      'image',
      `AvailableError: Not the available image! There are: ${options.images().join(', ') || 'none'}.`,
    );
  };

  /** Under the lock `bookings`. */
  const place = async (user: StoredUser, request: Placing): Promise<Booking> => {
    const { start, end, cpus, memoryGb, gpus, validateOnly } = request;
    const checked = askedCapability(`${cpus} ${memoryGb} ${gpus}`, allowed(user.user).maximum);
    if (!checked.ok) throw invalid('capability', checked.message);
    const met = overlapping(start, end);
    if (met.some((other) => other.user === user.user)) {
      throw new ProtiumError(
        'resource-in-use',
        'OverlapError: The start time is overlap with your previous booking!!',
        { details: { user: user.user } },
      );
    }
    const forwardPort = request.forwardPort ?? user.forwardPort;
    if (request.forwardPort !== null) ownPort(user.user, forwardPort);
    if (met.some((other) => other.forwardPort === forwardPort)) {
      throw new ProtiumError(
        'resource-in-use',
        'DuplicateError: Forward Port duplicated with others during the time you are booking!!',
        { details: { forwardPort } },
      );
    }
    const image = availableImage(request.image ?? user.image) ?? options.images()[0];
    if (image === undefined)
      throw invalid('image', 'There is no image to make a VM from: see protium image import.');
    const extraCommand = request.extraCommand ?? user.extraCommand;
    const id = randomUUID();
    const booking: Booking = {
      id,
      user: user.user,
      start,
      end,
      cpus,
      memoryGb,
      gpus,
      gpuNumbers: request.gpuNumbers ?? [],
      forwardPort,
      image: request.image ?? user.image,
      extraCommand,
      lease: null,
    };
    const begin = (): Promise<{ readonly id: string }> =>
      withCards(gpus, async (gpu) =>
        leases.create({
          owner: user.owner,
          name: leaseName(booking),
          // The half hour that it is has begun.
          start: Math.max(start, now()),
          end,
          config: bookingConfig({
            user: user.user,
            cpus,
            memoryGb,
            gpus,
            image,
            guestHash: user.guestHash,
            extraCommand,
            gpu,
            ...(validateOnly ? noVolumes : await volumesOf(user)),
            kept: settings().kept,
            dataset: options.dataset,
          }),
          idempotencyKey: id,
          validateOnly,
        }),
      );
    if (validateOnly) {
      await begin();
      return booking;
    }
    // Before the lease, so that there is none of which no booking tells; `mend` ends what a crash leaves between the two.
    store.insert(booking);
    try {
      const lease = await begin();
      store.setLease(id, lease.id);
      return { ...booking, lease: lease.id };
    } catch (error) {
      store.remove(id);
      throw error;
    }
  };
  const book = (request: BookingRequest): Promise<Booking> =>
    options.locks.run(['bookings'], async () => place(await login(request.user, request.password), request));
  const volumesOf = async (user: StoredUser) => {
    const { workSpaceGb, backupSpaceGb } = allowed(user.user).maximum;
    const volume = (kind: UserVolumeKind, sizeGb: number) =>
      sizeGb === 0 ? null : options.userVolume(kind, user, sizeGb);
    return {
      workVolume: await volume('work', workSpaceGb),
      backupVolume: await volume('backup', backupSpaceGb),
    };
  };
  /** With the first model of cards of which so many can be had then. */
  const withCards = async <T>(
    gpus: number,
    attempt: (card: { readonly vendor: string; readonly model: string } | null) => Promise<T>,
  ): Promise<T> => {
    const classes = await options.cards();
    cardAddresses = classes.flatMap(({ addresses }) => addresses).sort();
    if (gpus === 0) return attempt(null);
    const enough = classes.filter(({ addresses }) => addresses.length >= gpus);
    let refusal: unknown = invalid(
      'gpus',
      `This host has no ${gpus} graphics cards of one model to give away.`,
    );
    for (const { vendor, model } of enough) {
      try {
        return await attempt({ vendor, model });
      } catch (error) {
        if (!(error instanceof ProtiumError) || error.code !== 'lease-conflict') throw error;
        refusal = error;
      }
    }
    throw refusal;
  };

  const mine = async (id: string, named: string, password: string): Promise<Booking> => {
    const { user } = await login(named, password);
    const booking = store.get(id);
    if (booking?.user === user) return booking;
    throw new ProtiumError('not-found', `"${user}" has no booking "${id}".`, { details: { booking: id } });
  };

  return {
    list,
    user(named) {
      const { user, maximum } = allowed(named);
      const known = store.user(user);
      return { known: known === undefined ? null : shown(known), maximum };
    },
    users: () => store.users().map(shown),
    login: async (user, password) => shown(await login(user, password)),
    choices: () => ({ images: options.images(), freePort: freePort() }),
    register: ({ user: named, password, forwardPort, validateOnly }) =>
      options.locks.run(['bookings'], async () => {
        const { user } = allowed(named);
        const hashes = await hashesOf(password);
        if (store.user(user) !== undefined) {
          throw new ProtiumError('already-exists', `"${user}" has a password already.`, {
            details: { user },
          });
        }
        const port = ownPort(user, forwardPort ?? freePort());
        const made = {
          user,
          owner: newOwner(),
          ...hashes,
          forwardPort: port,
          image: null,
          extraCommand: null,
        };
        if (!validateOnly) store.putUser(made);
        return shown(made);
      }),
    change: ({ user: named, password, newPassword, forwardPort, image, extraCommand, validateOnly }) =>
      options.locks.run(['bookings'], async () => {
        const user = await login(named, password);
        const changed: StoredUser = {
          ...user,
          ...(newPassword === null ? {} : await hashesOf(newPassword)),
          forwardPort: forwardPort === null ? user.forwardPort : ownPort(user.user, forwardPort),
          image: availableImage(image) ?? user.image,
          extraCommand: extraCommand ?? user.extraCommand,
        };
        if (!validateOnly) store.putUser(changed);
        return shown(changed);
      }),
    book,
    async cancel({ id, user, password, validateOnly }) {
      const booking = await mine(id, user, password);
      if (booking.lease === null || stateOf(booking)?.phase === 'over') {
        throw new ProtiumError('state-conflict', 'That booking is over.', { details: { booking: id } });
      }
      await leases.cancel(booking.lease, { validateOnly });
      return booking;
    },
    async restart({ user: named, password }) {
      const { user } = await login(named, password);
      const instance = list({ user, state: 'using' })
        .flatMap((booking) => stateOf(booking)?.instance ?? [])
        .at(0);
      if (instance === undefined) {
        throw new ProtiumError('state-conflict', 'Your container is not using.', { details: { user } });
      }
      await options.restart(instance);
      return { instance };
    },
    import: (files, { validateOnly }) =>
      options.locks.run(['bookings'], () =>
        importFiles(files, {
          store,
          now: now(),
          images: options.images(),
          hashesOf: async (password) => ({
            passwordHash: await hashPassword(password),
            guestHash: await options.hashForGuest(password),
          }),
          place,
          validateOnly,
        }),
      ),
    export: () => exportFiles(settings(), store.users(), list({})),
    ports: () =>
      store.all().flatMap((booking) => {
        const lease = stateOf(booking);
        const { instance = null } = lease?.phase === 'running' ? lease : {};
        return instance === null ? [] : [{ instance, forwardPort: booking.forwardPort }];
      }),
    mend() {
      for (const booking of store.all()) {
        if (booking.lease !== null || booking.end <= now()) continue;
        const owner = store.user(booking.user)?.owner;
        const lease = owner === undefined ? undefined : leases.named(owner, leaseName(booking));
        if (lease === undefined) store.remove(booking.id);
        else store.setLease(booking.id, lease);
      }
    },
  };
}

function shown({ user, owner, forwardPort, image, extraCommand }: BookingUser): BookingUser {
  return { user, owner, forwardPort, image, extraCommand };
}

/** What is booked, for a user who is known. */
export type Placing = Omit<BookingRequest, 'user' | 'password'> & { readonly gpuNumbers?: readonly number[] };

const noVolumes = { workVolume: null, backupVolume: null };

/** Unique for good, and what the VM is called. */
function leaseName({ id, user }: Booking): string {
  return `booking-${user.replaceAll('_', '-')}-${id.slice(0, 8)}`;
}

function invalid(field: string, message: string): ProtiumError {
  return new ProtiumError('argument-invalid', message, { details: { field } });
}
