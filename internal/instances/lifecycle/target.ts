/** Whom an operation is about. */
export interface InstanceTarget {
  readonly uuid: string;
  /** The domain's name when it was asked for. */
  readonly domain: string;
}

/** The locks of everything that changes an instance: such operations wait for each other. */
export function instanceResources({ uuid, domain }: InstanceTarget): readonly string[] {
  return [`domain/${domain}`, `instance/${uuid}`];
}
