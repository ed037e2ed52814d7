import type { NwfilterCalls } from '../../client.ts';
import type { Session } from '../session.ts';
import { nwfilters } from '../wire/procedures/nwfilter.ts';

export function nwfilterCalls(session: Session): NwfilterCalls {
  return {
    list: async (call) => {
      const values = { needResults: true, flags: 0 };
      return (await session.call('nwfilters.list', nwfilters.listAll, values, call)).filters;
    },
    lookupByName: async (name, call) =>
      (await session.call('nwfilters.lookupByName', nwfilters.lookupByName, { name }, call)).nwfilter,
    xml: async (nwfilter, call) =>
      (await session.call('nwfilters.xml', nwfilters.getXmlDesc, { nwfilter, flags: 0 }, call)).xml,
    // Slow: the rules of every running VM that uses it are made anew.
    define: async (xml, call) =>
      (await session.slowCall('nwfilters.define', nwfilters.defineXml, { xml }, call)).nwfilter,
    undefine: async (nwfilter, call) => {
      await session.call('nwfilters.undefine', nwfilters.undefine, { nwfilter }, call);
    },
  };
}
