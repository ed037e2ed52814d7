import { administrators, changes, known, listed, ownChanges, reads, to, type Policy } from './row.ts';

const viewInstance = to('view', 'instance', 'instance');
const operateInstance = to('operate', 'instance', 'instance');
const viewVolume = to('view', 'volume', 'pool', 'name');
const operateVolume = to('operate', 'volume', 'pool', 'name');
const ownProject = to('operate', 'own project');
const inProject = to('operate', 'project', 'owner');
const looksIntoProject = to('view', 'project', 'owner');
const wishedLease = [to('view', 'config', 'wish.config'), to('view', 'image', 'wish.image')] as const;
const wishedDevices = to('operate', 'host device', 'wish.namedDevices');
const wishedProvision = [to('operate', 'project', 'wish.owner'), to('view', 'image', 'wish.image')] as const;
const managedProject = to('manage', 'named project', 'project');
const operateAddress = to('operate', 'floating address', 'floatingAddress');

/** The native API: every method of protium.v1. What has no row is for administrators. */
export const v1Policy: Policy = {
  'AccessKeysService.listAccessKeys': administrators('read'),
  'AccessKeysService.createAccessKey': administrators('change'),
  'AccessKeysService.revokeAccessKey': administrators('change'),

  'AttachmentsService.listAttachments': reads(viewInstance),
  'AttachmentsService.attachVolume': changes(operateInstance, to('operate', 'volume', 'pool', 'volume')),
  'AttachmentsService.detachVolume': changes(operateInstance),
  'AttachmentsService.resizeAttachedVolume': changes(operateInstance),
  'AttachmentsService.attachNetwork': changes(operateInstance, to('view', 'network', 'network')),
  'AttachmentsService.detachNetwork': changes(operateInstance),
  'AttachmentsService.attachHostDevice': changes(operateInstance, to('operate', 'host device', 'device')),
  'AttachmentsService.detachHostDevice': changes(operateInstance),

  'AuditService.listAuditEntries': listed('of projects that one is an admin of'),
  'AuditService.verifyAudit': administrators('read'),
  'AuditService.archiveAuditEntries': administrators('change'),

  'BookingsService.listBookings': listed('of booking users of one’s projects'),
  'BookingsService.createBooking': changes(to('operate', 'booking user', 'user')),
  'BookingsService.cancelBooking': changes(to('operate', 'booking user', 'user')),
  'BookingsService.listBookingUsers': listed(),
  'BookingsService.getBookingUser': reads(to('view', 'booking user', 'user')),
  'BookingsService.registerBookingUser': administrators('change'),
  'BookingsService.loginBookingUser': reads(to('view', 'booking user', 'user')),
  'BookingsService.updateBookingUser': changes(to('operate', 'booking user', 'user')),
  'BookingsService.restartBooking': changes(to('operate', 'booking user', 'user')),
  'BookingsService.getBookingChoices': known(),
  'BookingsService.importBookings': administrators('change'),
  'BookingsService.exportBookings': administrators('read'),

  'CertificatesService.listCertificates': administrators('read'),
  'CertificatesService.createCertificate': administrators('change'),
  'CertificatesService.revokeCertificate': administrators('change'),

  'ComputationsService.listComputations': administrators('read'),
  'ComputationsService.getComputation': administrators('read'),
  'ComputationsService.deleteComputation': administrators('change'),

  'ConsolesService.listConsoles': reads(viewInstance),
  'ConsolesService.createConsoleTicket': changes(operateInstance),
  'ConsolesService.getConsoleLog': reads(viewInstance),
  'ConsolesService.watchConsoleLog': reads(viewInstance),
  'ConsolesService.takeScreenshot': reads(viewInstance),
  'ConsolesService.attachConsole': changes(to('operate', 'opened instance', 'message.value.instance')),

  'DomainsService.listDomains': listed('instances of one’s projects'),
  'DomainsService.getDomain': reads(to('view', 'domain', 'domain')),

  'EventsService.watchEvents': listed('of objects of one’s projects, and of the host’s'),

  'FirewallService.getFirewall': reads(viewInstance),
  'FirewallService.replaceFirewall': changes(operateInstance),

  'FlavorsService.listFlavors': known(),
  'FlavorsService.getFlavor': known(),

  'FloatingAddressesService.listFloatingAddresses': listed(),
  'FloatingAddressesService.getFloatingAddress': reads(to('view', 'floating address', 'floatingAddress')),
  'FloatingAddressesService.associateFloatingAddress': changes(operateInstance),
  'FloatingAddressesService.releaseFloatingAddress': changes(operateAddress),
  'FloatingAddressesService.renewFloatingAddress': changes(operateAddress),
  'FloatingAddressesService.refreshFloatingAddress': changes(operateAddress),
  'FloatingAddressesService.openFloatingPort': changes(operateAddress),
  'FloatingAddressesService.closeFloatingPort': changes(operateAddress),

  'GuestsService.pingGuest': reads(viewInstance),
  'GuestsService.getGuestInfo': reads(viewInstance),
  'GuestsService.listGuestUsers': reads(viewInstance),
  'GuestsService.executeInGuest': changes(operateInstance),
  // A guest's files may be secret, and are read as its administrator.
  'GuestsService.readGuestFile': changes(operateInstance),
  'GuestsService.writeGuestFile': changes(operateInstance),
  'GuestsService.freezeGuestFilesystems': changes(operateInstance),
  'GuestsService.thawGuestFilesystems': changes(operateInstance),
  'GuestsService.setGuestPassword': changes(operateInstance),

  'HostService.getHost': listed('claims of one’s projects; the machine itself'),
  'HostService.listHostDevices': listed('all devices; holders of one’s projects'),
  'HostService.examineHost': administrators('read'),

  'ImagesService.listImages': listed('of one’s projects, and everybody’s'),
  'ImagesService.getImage': reads(to('view', 'image', 'image')),
  'ImagesService.listCatalogueImages': known(),
  'ImagesService.importImage': changes(ownProject, to('view', 'image source', 'source')),
  'ImagesService.uploadImage': changes(ownProject),
  'ImagesService.deleteImage': changes(to('operate', 'image', 'image')),

  'InstancesService.listInstances': listed(),
  'InstancesService.getInstance': reads(viewInstance),
  'InstancesService.planInstance': known(looksIntoProject, to('view', 'config', 'config')),
  'InstancesService.createInstance': changes(
    inProject,
    to('operate', 'config', 'config'),
    to('operate', 'subscription', 'subscription'),
    to('operate', 'lease', 'lease'),
  ),
  'InstancesService.updateInstance': changes(operateInstance),
  'InstancesService.startInstance': changes(operateInstance),
  'InstancesService.stopInstance': changes(operateInstance),
  'InstancesService.rebootInstance': changes(operateInstance),
  'InstancesService.resetInstance': changes(operateInstance),
  'InstancesService.suspendInstance': changes(operateInstance),
  'InstancesService.resumeInstance': changes(operateInstance),
  'InstancesService.saveInstance': changes(operateInstance),
  'InstancesService.renameInstance': changes(operateInstance),
  'InstancesService.migrateInstance': administrators('change'),
  'InstancesService.resizeInstance': changes(operateInstance),
  'InstancesService.waitInstance': reads(viewInstance),
  'InstancesService.deleteInstance': changes(operateInstance),

  'InvoicesService.listInvoices': listed(),
  'InvoicesService.getInvoice': reads(to('view', 'invoice', 'id')),
  'InvoicesService.getInvoicePdf': reads(to('view', 'invoice', 'id')),

  'KeyPairsService.listKeyPairs': reads(looksIntoProject),
  'KeyPairsService.getKeyPair': reads(looksIntoProject),
  'KeyPairsService.importKeyPair': changes(inProject),
  'KeyPairsService.createKeyPair': changes(inProject),
  'KeyPairsService.deleteKeyPair': changes(inProject),

  'LeasesService.createLease': changes(inProject, ...wishedLease, wishedDevices),
  'LeasesService.listHostLeases': listed(),
  'LeasesService.getLease': reads(to('view', 'lease', 'lease')),
  'LeasesService.updateLease': changes(to('operate', 'lease', 'lease')),
  'LeasesService.cancelLease': changes(to('operate', 'lease', 'lease')),
  'LeasesService.findLeaseAvailability': reads(looksIntoProject, ...wishedLease),
  'LeasesService.getLeaseCalendar': listed('leases of one’s projects; how much is free'),

  'MigrationsService.listMigrationTargets': administrators('read'),
  'MigrationsService.listMigrations': listed(),
  'MigrationsService.getMigration': reads(to('view', 'migration', 'instance')),
  'MigrationsService.deleteMigration': changes(to('operate', 'migration', 'instance')),

  'NetworksService.listNetworks': known(),
  'NetworksService.getNetwork': listed('the network; domains of one’s projects on it'),
  'NetworksService.createNetwork': administrators('change'),
  'NetworksService.updateNetwork': administrators('change'),
  'NetworksService.startNetwork': administrators('change'),
  'NetworksService.stopNetwork': administrators('change'),
  'NetworksService.deleteNetwork': administrators('change'),
  'NetworksService.listLeases': administrators('read'),
  'NetworksService.listReservations': listed('of instances of one’s projects'),
  'NetworksService.reserveAddress': changes(operateInstance),
  'NetworksService.releaseAddress': changes(operateInstance),

  'OperationsService.listOperations': listed('of one’s projects, and of their objects'),
  'OperationsService.getOperation': reads(to('view', 'operation', 'id')),
  'OperationsService.cancelOperation': changes(to('operate', 'operation', 'id')),
  'OperationsService.waitOperation': reads(to('view', 'operation', 'id')),
  'OperationsService.watchOperation': reads(to('view', 'operation', 'id')),

  'PoolsService.listPools': known(),
  'PoolsService.getPool': known(),
  'PoolsService.createPool': administrators('change'),
  'PoolsService.updatePool': administrators('change'),
  'PoolsService.startPool': administrators('change'),
  'PoolsService.stopPool': administrators('change'),
  'PoolsService.refreshPool': administrators('change'),
  'PoolsService.deletePool': administrators('change'),

  'PortForwardsService.listPortForwards': listed(),
  'PortForwardsService.getPortForward': reads(to('view', 'port forward', 'id')),
  'PortForwardsService.openPortForward': changes(operateInstance),
  'PortForwardsService.closePortForward': changes(to('operate', 'port forward', 'id')),

  'ProjectsService.listProjects': listed('one’s projects'),
  'ProjectsService.getProject': reads(to('view', 'named project', 'project')),
  'ProjectsService.createProject': administrators('change'),
  'ProjectsService.updateProject': changes(managedProject),
  'ProjectsService.deleteProject': changes(managedProject),
  'ProjectsService.setProjectMember': changes(managedProject),
  'ProjectsService.removeProjectMember': changes(managedProject),
  'ProjectsService.getQuota': reads(to('view', 'named project', 'project')),
  'ProjectsService.setQuota': administrators('change'),
  'ProjectsService.getUserQuota': reads(to('view', 'named project', 'user')),
  'ProjectsService.setUserQuota': administrators('change'),

  'ProvisionsService.planProvision': reads(...wishedProvision),
  'ProvisionsService.runProvision': changes(...wishedProvision),
  'ProvisionsService.listProvisions': listed(),
  'ProvisionsService.getProvision': reads(to('view', 'provision', 'provision')),
  'ProvisionsService.cancelProvision': changes(to('operate', 'provision', 'provision')),

  'SnapshotsService.createSnapshot': changes(operateInstance),
  'SnapshotsService.listSnapshots': reads(viewInstance),
  'SnapshotsService.getSnapshot': reads(viewInstance),
  'SnapshotsService.revertSnapshot': changes(operateInstance),
  'SnapshotsService.deleteSnapshot': changes(operateInstance),

  'SubscriptionsService.listSubscriptionPlans': known(),
  'SubscriptionsService.listSubscriptions': listed(),
  'SubscriptionsService.getSubscription': reads(to('view', 'subscription', 'id')),
  'SubscriptionsService.createSubscription': changes(inProject),
  'SubscriptionsService.deleteSubscription': changes(to('operate', 'subscription', 'id')),

  'TokensService.listTokens': listed('one’s own'),
  'TokensService.createToken': ownChanges(),
  'TokensService.rotateToken': ownChanges(),
  'TokensService.revokeToken': ownChanges(),

  'UsageService.listUsage': listed(),

  'UsersService.whoAmI': known(),
  'UsersService.listUsers': administrators('read'),
  'UsersService.getUser': administrators('read'),
  'UsersService.createUser': administrators('change'),
  'UsersService.updateUser': administrators('change'),
  'UsersService.deleteUser': administrators('change'),

  'VolumesService.listVolumes': listed(),
  'VolumesService.getVolume': reads(viewVolume),
  'VolumesService.createVolume': changes(
    ownProject,
    to('view', 'image', 'backing.image'),
    to('operate', 'volume', 'backing.pool', 'backing.name'),
  ),
  'VolumesService.cloneVolume': changes(ownProject, viewVolume),
  'VolumesService.moveVolume': changes(operateVolume),
  'VolumesService.resizeVolume': changes(operateVolume),
  'VolumesService.deleteVolume': changes(operateVolume),
};
