/**
 * Every error that Protium reports, by stable code. `http` and `grpc` are the statuses (gRPC numbers of
 * google.rpc.Code); `retryable` says that the same request may succeed later without being changed.
 * docs/errors.md lists the same table; a test compares the two.
 */
export const catalogue = {
  'request-malformed': { http: 400, grpc: 3, retryable: false, title: 'The request cannot be read' },
  'argument-invalid': {
    http: 400,
    grpc: 3,
    retryable: false,
    title: 'A value in the request is not allowed',
  },
  'document-malformed': { http: 400, grpc: 3, retryable: false, title: 'An XML document cannot be read' },
  'document-refused': { http: 400, grpc: 3, retryable: false, title: 'libvirt refuses the document' },
  'path-forbidden': {
    http: 403,
    grpc: 7,
    retryable: false,
    title: 'The path lies outside the allowed directories',
  },
  'origin-forbidden': {
    http: 403,
    grpc: 7,
    retryable: false,
    title: 'Web pages of other sites are kept out',
  },
  unauthenticated: {
    http: 401,
    grpc: 16,
    retryable: false,
    title: 'It is not known who sends the request',
  },
  'credentials-wrong': {
    http: 401,
    grpc: 16,
    retryable: false,
    title: 'The credentials are wrong',
  },
  'quota-exceeded': {
    http: 403,
    grpc: 8,
    retryable: false,
    title: 'The quota of the project or of the user does not allow it',
  },
  'too-many-attempts': {
    http: 429,
    grpc: 8,
    retryable: true,
    title: 'Too many wrong credentials from the same address',
  },
  'issuer-unavailable': {
    http: 503,
    grpc: 14,
    retryable: true,
    title: 'The issuer of tokens cannot be reached',
  },
  'access-denied': { http: 403, grpc: 7, retryable: false, title: 'The caller may not do this' },
  'file-not-found': { http: 404, grpc: 5, retryable: false, title: 'A file cannot be read' },
  'not-found': { http: 404, grpc: 5, retryable: false, title: 'There is no such object' },
  'method-not-allowed': { http: 405, grpc: 12, retryable: false, title: 'The method is not allowed here' },
  'media-type-unsupported': {
    http: 415,
    grpc: 3,
    retryable: false,
    title: 'The content type is not supported',
  },
  'body-too-large': { http: 413, grpc: 8, retryable: false, title: 'The request body is too large' },
  'already-exists': {
    http: 409,
    grpc: 6,
    retryable: false,
    title: 'An object of that name or uuid exists already',
  },
  'definition-conflict': {
    http: 409,
    grpc: 9,
    retryable: false,
    title: 'The running VM was made from other documents',
  },
  'state-conflict': {
    http: 409,
    grpc: 9,
    retryable: false,
    title: 'The object is in a state that forbids this',
  },
  busy: { http: 409, grpc: 10, retryable: true, title: 'Another change of the same object is in progress' },
  'resource-in-use': {
    http: 409,
    grpc: 9,
    retryable: false,
    title: 'The resource is used by something else',
  },
  'events-lost': {
    http: 410,
    grpc: 11,
    retryable: false,
    title: 'The events since then are no longer kept',
  },
  'reader-too-slow': { http: 429, grpc: 8, retryable: true, title: 'Events came faster than they were read' },
  'rate-limited': { http: 429, grpc: 8, retryable: true, title: 'This was asked for too often' },
  'audit-failed': {
    http: 503,
    grpc: 14,
    retryable: true,
    title: 'It could not be recorded, and was therefore not done',
  },
  'precondition-failed': { http: 412, grpc: 10, retryable: false, title: 'The object has changed since' },
  'device-in-use': { http: 409, grpc: 9, retryable: true, title: 'The host uses the device' },
  'device-unhealthy': {
    http: 409,
    grpc: 9,
    retryable: false,
    title: 'A device of the host does not do as it should',
  },
  'permission-denied': { http: 403, grpc: 7, retryable: false, title: 'The host refuses the access' },
  'image-refused': { http: 422, grpc: 3, retryable: false, title: 'The image is not to be trusted' },
  'image-too-large': { http: 413, grpc: 8, retryable: false, title: 'The image is larger than allowed' },
  'checksum-mismatch': {
    http: 422,
    grpc: 15,
    retryable: true,
    title: 'The image is not what its checksum says',
  },
  'checksum-missing': {
    http: 502,
    grpc: 9,
    retryable: false,
    title: 'The expected checksum cannot be found',
  },
  'address-forbidden': {
    http: 403,
    grpc: 7,
    retryable: false,
    title: 'Nothing is downloaded from that address',
  },
  'download-failed': { http: 502, grpc: 14, retryable: true, title: 'The download failed' },
  'storage-full': { http: 507, grpc: 8, retryable: true, title: 'There is not enough disk space' },
  'host-incapable': { http: 422, grpc: 9, retryable: false, title: 'This host cannot run that' },
  'lease-conflict': { http: 409, grpc: 9, retryable: false, title: 'The host is leased to others then' },
  'lease-refused': { http: 422, grpc: 9, retryable: false, title: 'The rules for leases do not allow it' },
  'libvirt-unavailable': { http: 503, grpc: 14, retryable: true, title: 'libvirt cannot be reached' },
  'libvirt-failed': { http: 500, grpc: 13, retryable: false, title: 'libvirt failed' },
  'agent-unavailable': {
    http: 502,
    grpc: 14,
    retryable: true,
    title: 'The computation agent cannot be reached',
  },
  'agent-failed': { http: 502, grpc: 2, retryable: false, title: 'The computation agent refused or failed' },
  'ticket-invalid': {
    http: 403,
    grpc: 7,
    retryable: false,
    title: 'The console ticket is unknown, used or expired',
  },
  'agent-missing': { http: 409, grpc: 9, retryable: false, title: 'The VM has no channel for a guest agent' },
  'agent-unresponsive': { http: 504, grpc: 14, retryable: true, title: 'No guest agent answers in the VM' },
  'guest-refused': { http: 422, grpc: 9, retryable: false, title: 'The guest agent refused or failed' },
  'deadline-exceeded': { http: 504, grpc: 4, retryable: true, title: 'It took longer than allowed' },
  cancelled: { http: 499, grpc: 1, retryable: true, title: 'The operation was cancelled' },
  interrupted: {
    http: 503,
    grpc: 14,
    retryable: true,
    title: 'The daemon stopped before the operation was complete',
  },
  unsupported: { http: 501, grpc: 12, retryable: false, title: 'This installation cannot do that' },
  internal: {
    http: 500,
    grpc: 13,
    retryable: false,
    title: 'Protium failed; the log of this request has the details',
  },
} as const satisfies Record<string, CatalogueEntry>;

interface CatalogueEntry {
  readonly http: number;
  readonly grpc: number;
  readonly retryable: boolean;
  readonly title: string;
}

export type ErrorCode = keyof typeof catalogue;
