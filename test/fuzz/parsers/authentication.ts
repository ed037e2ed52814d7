import { basicOf, cookiesOf } from '../../../internal/api/http/gpueater/authenticate.ts';
import { hostNameOf, otherSite } from '../../../internal/api/http/same-origin.ts';
import fc from 'fast-check';
import { mutatedText } from '../generators/mutation.ts';
import { target, type FuzzTarget } from '../target.ts';

const socket = { localAddress: '127.0.0.1' };

export const authenticationTargets: readonly FuzzTarget[] = [
  target(
    'Authorization',
    mutatedText([`Basic ${Buffer.from('id:secret').toString('base64')}`, 'Bearer pt_1_x']),
    basicOf,
  ),
  target('Cookie', mutatedText([`protium_session=${'a'.repeat(43)}; other=1`, 'a=b,c=d']), cookiesOf),
  target(
    'Host and Origin',
    fc.tuple(
      mutatedText(['localhost:9021', '[::1]:9021', 'evil.example']),
      mutatedText(['http://localhost:9021', 'null']),
    ),
    ([host, origin]) => {
      hostNameOf(host);
      const refusal = otherSite({ headers: { host, origin }, socket: socket as never });
      if (refusal === null && origin !== `http://${host}` && origin !== `https://${host}`)
        throw new Error('A page of another site got in.');
    },
  ),
];
