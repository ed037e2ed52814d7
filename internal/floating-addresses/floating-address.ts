/** An IPv4 address of the host's pool that leads to one instance. */
export interface FloatingAddress {
  readonly address: string;
  /** Names this association; another address means another one. Empty in a dry run. */
  readonly connectionId: string;
  /** uuid. */
  readonly instance: string;
  /** 32 hex digits. */
  readonly owner: string;
  /** TCP ports that lead to the same port of the instance, ascending; all others are refused. */
  readonly ports: readonly number[];
  /** ISO time. */
  readonly createdAt: string;
  /** `waiting`: the instance does not run, connections are refused. `failed`: see problem; it is tried again. */
  readonly state: 'active' | 'waiting' | 'failed';
  readonly problem: string | null;
}

/** Everything is checked; with `validateOnly`, nothing is changed. */
export interface FloatingChange {
  readonly validateOnly: boolean;
}

/** What is asked of an address that is to lead to an instance. */
export interface AssociateOptions extends FloatingChange {
  /** One that is held for the instance's owner; left out or empty: any. */
  readonly address?: string;
}

/** How the pool is doing. */
export interface PoolCondition {
  /** e.g. `10.77.0.1-10.77.0.254`; null: floating addresses are turned off. */
  readonly addresses: string | null;
  /** How many there are, and how many of them lead to instances or are held for owners. */
  readonly size: number;
  readonly used: number;
  /** Why no address can be given, or those that are given lead nowhere; null: all is well. */
  readonly problem: string | null;
}

/** The use cases of floating addresses. Changes throw `not-found` where the instance has none, unless it says otherwise. */
export interface FloatingAddresses {
  of(instance: string): FloatingAddress | undefined;
  /** By address. @param owner undefined: of everybody */
  list(owner?: string): readonly FloatingAddress[];
  /**
   * Binds an address and opens port 22; asked again it answers what there is. What is held for the owner is taken first. Resolves
   * when the rules are made; where this host cannot make them, with the state `failed` and the problem.
   *
   * @throws ProtiumError `resource-in-use` (none is free, or the pool overlaps a network), `unsupported` (there is no pool, or the
   *   network is elsewhere), `state-conflict` (the instance is on no network of which the host is the way, or has another address than the one that is asked for), `not-found`
   */
  associate(instance: string, owner: string, change?: AssociateOptions): Promise<FloatingAddress>;
  /** Gives the address back; none is fine. Also called when an instance goes. */
  release(instance: string, change?: FloatingChange): Promise<void>;
  /** Open already is fine. @throws ProtiumError `argument-invalid` */
  openPort(instance: string, port: number, change?: FloatingChange): Promise<void>;
  /** Closed already is fine; 22 is protected. @throws ProtiumError `argument-invalid` */
  closePort(instance: string, port: number, change?: FloatingChange): Promise<void>;
  /** Another address and connectionId, the same ports, in one change of the rules. @throws ProtiumError as associate */
  renew(instance: string, change?: FloatingChange): Promise<FloatingAddress>;
  /** Looks the guest's address up and applies everything again. @throws ProtiumError `unsupported`: it still leads nowhere */
  refresh(instance: string, change?: FloatingChange): Promise<void>;
  /**
   * Finds an address that nobody has, for `keep` to note who holds it; until it has returned nobody else is given any.
   *
   * @throws ProtiumError `resource-in-use`, `unsupported`, as associate
   */
  hold<Result>(keep: (address: string) => Result): Promise<Result>;
  condition(): PoolCondition;
}

/** Of every association; it cannot be closed. */
export const protectedPort = 22;
