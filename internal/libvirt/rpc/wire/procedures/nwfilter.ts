import { flag, list, string, unsignedInt } from '../../xdr/codec.ts';
import { nwfilter } from '../objects.ts';
import { procedure } from '../procedure.ts';

export const nwfilters = {
  listAll: procedure(
    'CONNECT_LIST_ALL_NWFILTERS',
    286,
    { needResults: flag, flags: unsignedInt },
    { filters: list(nwfilter, 16_384), ret: unsignedInt },
  ),
  lookupByName: procedure('NWFILTER_LOOKUP_BY_NAME', 175, { name: string }, { nwfilter }),
  getXmlDesc: procedure('NWFILTER_GET_XML_DESC', 177, { nwfilter, flags: unsignedInt }, { xml: string }),
  defineXml: procedure('NWFILTER_DEFINE_XML', 180, { xml: string }, { nwfilter }),
  undefine: procedure('NWFILTER_UNDEFINE', 181, { nwfilter }, {}),
};
