/** What the three documents of a request say, ready for libvirt: paths absolute, kvm replaced where there is none. */
export interface PreparedDocuments {
  readonly pool: PreparedPool;
  readonly volume: { readonly name: string; readonly xml: string };
  readonly domain: PreparedDomain;
}

export interface PreparedPool {
  readonly name: string;
  readonly targetPath: string | null;
  readonly xml: string;
}

export interface PreparedDomain {
  readonly name: string;
  /** null: libvirt chooses one. */
  readonly uuid: string | null;
  readonly xml: string;
  /** The libvirt networks that its interfaces are on. */
  readonly networks: readonly string[];
  /** SHA-256 of the posted document in canonical form, before Protium changed it. */
  readonly digest: string;
}

/** The journal's view of the operation: its input, its result and what each step keeps. */
export interface CreateFromDocuments {
  readonly input: PreparedDocuments;
  readonly result: { readonly name: string; readonly uuid: string };
  readonly steps: {
    'ensure-pool': {
      intent: { action: 'reuse' | 'activate' | 'create'; name: string; makesDirectory: string | null };
      facts: { uuid: string };
    };
    'ensure-volume': { intent: { action: 'reuse' | 'create' } };
    'start-networks': { intent: { inactive: { name: string; uuid: string }[] } };
    'define-domain': {
      /** hadLog: of a domain of that name libvirt had a log before. */
      intent: { action: 'keep' | 'define'; previousXml: string | null; hadLog: boolean };
      facts: { uuid: string };
    };
    'start-domain': { intent: { action: 'none' | 'resume' | 'create' } };
    'revert-to-snapshot': { facts?: never };
  };
}
