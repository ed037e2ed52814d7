import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { apiList } from '../../../../../internal/api/http/gpueater/account/api-list.ts';
import { gpueaterPage } from '../../../../tools/gpueater-page.ts';
import { table } from './table.ts';

const page = path.resolve(import.meta.dirname, '../../../../../docs/gpueater-api.md');

/** GPUEater's own list, by chapter. */
const seed = `
  image_list snapshot_instance delete_snapshot registered_image_list create_image import_image delete_image
  ssh_key_list generate_ssh_key register_ssh_key delete_ssh_key
  ondemand_list subscription_list launch_ondemand_instance launch_subcription_instance instance_list change_instance_tag
  start_instance stop_instance restart_instance terminate_instance emergency_restart_instance
  port_list open_port close_port renew_ipv4 network_description
  create_volume attach_volume delete_volume transfer_volume
  subscription_instance_list subscription_storage_list subscription_network_list subscribe_instance unsubscribe_instance
  subscribe_storage unsubscribe_storage subscribe_network unsubscribe_network
  live_migration cancel_transaction peak_transaction
  invoice_list subscription_invoice_list make_invoice
  copy_file delete_file move_file make_directory file_list synchronize_files login_instance tunnel
  api_list`
  .trim()
  .split(/\s+/);

it('api_list has the names of GPUEater’s list, each once, each with a route', () => {
  expect(seed).toHaveLength(55);
  const entries = apiList(table);
  const names = entries.map(({ name }) => name);
  expect(names).toEqual(seed.toSorted());
  for (const { route, required } of entries) {
    expect(route).toMatch(/^(?:ssh|(?:GET|POST) \/console\/servers\/[a-z0-9_]+.*)$/);
    expect(new Set(required).size).toBe(required.length);
  }
});

it('routes are lower-case words, and fields have names that clients can send', () => {
  for (const { path: route, fields, description } of table) {
    expect(route).toMatch(/^\/[a-z0-9_]+$/);
    expect(description).not.toBe('');
    for (const field of fields) expect(field.name).toMatch(/^[a-z0-9_]+$/);
  }
});

it('docs/gpueater-api.md tells of every function', () => {
  const text = gpueaterPage(table);
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, text);
  expect(readFileSync(page, 'utf8')).toBe(text);
});
