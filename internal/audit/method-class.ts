/** change: recorded, before and after. secret: likewise, since it hands out what opens something. read: recorded on request. */
export type MethodClass = 'change' | 'secret' | 'read';

/** Words that methods which only look begin with. */
const looks =
  /^(?:list|get|watch|wait|plan|find|examine|ping|verify|who(?=AmI$)|take(?=Screenshot$))(?:[A-Z]|$)/;

/** Methods that look, and thereby learn what opens something, or let their caller in. */
const secrets: ReadonlySet<string> = new Set([
  'attachConsole',
  'createConsoleTicket',
  'createAccessKey',
  'createCertificate',
  'createKeyPair',
  'createToken',
  'rotateToken',
  'exportBookings',
  'loginBookingUser',
  'readGuestFile',
]);

/** Of a method of protium.v1, in lower camel case. What it does not know is a change. */
export function methodClass(method: string): MethodClass {
  if (secrets.has(method)) return 'secret';
  return looks.test(method) ? 'read' : 'change';
}
