/** An IPv4 address of the host's pool that leads to one instance. */
export interface FloatingAddress {
  readonly address: string;
  /** Names this association; another address means another one. */
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

/** The use cases of floating addresses. All but `of` and `list` throw `not-found` where the instance has none. */
export interface FloatingAddresses {
  of(instance: string): FloatingAddress | undefined;
  /** By address. @param owner undefined: of everybody */
  list(owner?: string): readonly FloatingAddress[];
  /**
   * Binds an address and opens port 22; asked again it answers what there is. Resolves when the rules are made, or with the state
   * `failed` and the problem.
   *
   * @throws ProtiumError `resource-exhausted` (none is free), `unsupported` (there is no pool), `not-found`, `resource-in-use`
   */
  associate(instance: string, owner: string, change?: FloatingChange): Promise<FloatingAddress>;
  /** Gives the address back; none is fine. Also called when an instance goes. */
  release(instance: string, change?: FloatingChange): Promise<void>;
  /** Open already is fine. @throws ProtiumError `argument-invalid` */
  openPort(instance: string, port: number, change?: FloatingChange): Promise<void>;
  /** Closed already is fine; 22 is protected. @throws ProtiumError `argument-invalid` */
  closePort(instance: string, port: number, change?: FloatingChange): Promise<void>;
  /** Another address and connectionId, the same ports, in one change of the rules. */
  renew(instance: string, change?: FloatingChange): Promise<FloatingAddress>;
  /** Applies addresses and rules of the host again. */
  refresh(instance: string, change?: FloatingChange): Promise<void>;
}

/** Of every association; it cannot be closed. */
export const protectedPort = 22;
