import type { GpueaterFunction } from '../function.ts';
import { launchList, type LaunchListParts } from './launch-list.ts';

/** The group of products. */
export function productFunctions(parts: LaunchListParts): readonly GpueaterFunction[] {
  return [
    {
      name: 'ondemand_list',
      method: 'GET',
      path: '/ondemand_launch_list',
      fields: [],
      since: '0.1.0',
      listed: true,
      description:
        'What an instance can be launched from: images (a map), ssh_keys and products (lists). An empty pool: out of stock.',
      handle: ({ user }) => launchList(parts, user.owner),
    },
  ];
}
