import { childText, element, optionalElement, type XmlElement } from './tree.ts';
import { integerChild } from './values.ts';

/** Owner and mode of a pool's directory or a volume's file. -1 is "as libvirt likes". */
export interface Permissions {
  readonly owner?: number;
  readonly group?: number;
  /** Octal digits, e.g. `0711`. */
  readonly mode?: string;
  readonly label?: string;
}

export function permissionsElement(permissions: Permissions): XmlElement {
  return element('permissions', {}, [
    optionalElement('mode', permissions.mode),
    optionalElement('owner', permissions.owner),
    optionalElement('group', permissions.group),
    optionalElement('label', permissions.label),
  ]);
}

export function readPermissions(el: XmlElement): Permissions {
  const [mode, label] = [childText(el, 'mode'), childText(el, 'label')];
  const [owner, group] = [integerChild(el, 'owner'), integerChild(el, 'group')];
  return {
    ...(owner === null ? {} : { owner }),
    ...(group === null ? {} : { group }),
    ...(mode === null ? {} : { mode }),
    ...(label === null ? {} : { label }),
  };
}
