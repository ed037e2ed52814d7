import { flag, list, opaque, string, unsignedInt, uuid } from '../../xdr/codec.ts';
import { secret } from '../objects.ts';
import { procedure } from '../procedure.ts';

export const secrets = {
  listAll: procedure(
    'CONNECT_LIST_ALL_SECRETS',
    287,
    { needResults: flag, flags: unsignedInt },
    { secrets: list(secret, 16_384), ret: unsignedInt },
  ),
  lookupByUuid: procedure('SECRET_LOOKUP_BY_UUID', 141, { uuid }, { secret }),
  getXmlDesc: procedure('SECRET_GET_XML_DESC', 143, { secret, flags: unsignedInt }, { xml: string }),
  defineXml: procedure('SECRET_DEFINE_XML', 142, { xml: string, flags: unsignedInt }, { secret }),
  setValue: procedure('SECRET_SET_VALUE', 144, { secret, value: opaque(65_536), flags: unsignedInt }, {}),
  getValue: procedure('SECRET_GET_VALUE', 145, { secret, flags: unsignedInt }, { value: opaque(65_536) }),
  undefine: procedure('SECRET_UNDEFINE', 146, { secret }, {}),
};
