import { anyone, changes, known, reads, to, type Policy, type Row } from './row.ts';

const look = reads(to('view', 'project', 'user'));
const change = changes(to('operate', 'project', 'user'));

const rows = (row: Row, names: string): Policy =>
  Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, row]),
  );

/**
 * GPUEater's functions, by name. Each works in the project of the user alone: what is of others looks as if it were not
 * there, which the functions themselves see to (own-instance.ts and the like).
 */
export const gpueaterPolicy: Policy = {
  ...rows(
    look,
    `image_list registered_image_list ondemand_list instance_list network_description snapshot_list snapshots ssh_key_list
     subscription_instance_list subscription_storage_list subscription_network_list subscription_list subscribed_list
     invoice_list subscription_invoice_list invoice_pdf volume_list port_list peak_transaction`,
  ),
  ...rows(known(), 'api_list card_list has_available_card'),
  // A pair of keys that nobody keeps.
  generate_ssh_key: known(),
  ...rows(
    change,
    `create_image import_image delete_image launch_ondemand_instance change_instance_tag start_instance stop_instance
     emergency_restart_instance terminate_instance snapshot_instance take_snapshot restore_from_snapshot delete_snapshot
     change_snapshot_tag register_ssh_key delete_ssh_key subscribe_instance unsubscribe_instance subscribe_storage
     unsubscribe_storage subscribe_network unsubscribe_network launch_subcription_instance make_invoice create_volume
     attach_volume detach_volume delete_volume transfer_volume open_port close_port renew_ipv4 refresh_ipv4
     live_migration cancel_transaction`,
  ),
  // Refused to everybody, with a text that tells where such things are done.
  ...rows(
    anyone(),
    `register_card delete_card image_list_for_admin machine_resource_list_for_admin instance_list_for_admin
     product_list_for_admin launch_as_admin assign_instance_for_admin assign_network_for_admin
     update_machine_resource_for_admin delete_machine_resource_for_admin live_migration_for_admin`,
  ),
};
