import type { SecretCalls } from '../../client.ts';
import type { Session } from '../session.ts';
import { secrets } from '../wire/procedures/secret.ts';
import { checkUuid } from './uuid.ts';

export function secretCalls(session: Session): SecretCalls {
  return {
    list: async (call) => {
      const values = { needResults: true, flags: 0 };
      return (await session.call('secrets.list', secrets.listAll, values, call)).secrets;
    },
    lookupByUuid: async (uuid, call) => {
      checkUuid(uuid, 'secrets.lookupByUuid');
      return (await session.call('secrets.lookupByUuid', secrets.lookupByUuid, { uuid }, call)).secret;
    },
    xml: async (secret, call) =>
      (await session.call('secrets.xml', secrets.getXmlDesc, { secret, flags: 0 }, call)).xml,
    define: async (xml, call) =>
      (await session.call('secrets.define', secrets.defineXml, { xml, flags: 0 }, call)).secret,
    setValue: async (secret, value, call) => {
      await session.call('secrets.setValue', secrets.setValue, { secret, value, flags: 0 }, call);
    },
    value: async (secret, call) =>
      (await session.call('secrets.value', secrets.getValue, { secret, flags: 0 }, call)).value,
    undefine: async (secret, call) => {
      await session.call('secrets.undefine', secrets.undefine, { secret }, call);
    },
  };
}
