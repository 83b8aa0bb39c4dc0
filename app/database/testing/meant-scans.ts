const WHOLE_LIST = 'a list whose caller asked for all of it, or filters and orders by columns of any kind';
const AT_START = 'once, at the start of the controller';
const RESTORE = 'once, after a backup was put back';
const DAILY = 'housekeeping, once a day';
const STORE =
  'what lies in the store is compared with all images, at the start and when somebody asks what is unclaimed';

/** Readings of whole tables that grow, which are meant so: `<file> <table>`, and why. */
export const MEANT_SCANS: Record<string, string> = {
  'app/backup/restored-database.ts compute_server': RESTORE,
  'app/backup/restored-database.ts console_token': RESTORE,
  'app/backup/restored-database.ts identity_receipt': RESTORE,
  'app/backup/restored-database.ts identity_request_token': RESTORE,
  'app/backup/restored-database.ts identity_sign_in_code': RESTORE,
  'app/backup/restored-database.ts identity_token': RESTORE,
  'app/backup/restored-database.ts task': RESTORE,
  'app/compute/server-list.repository.ts compute_server': WHOLE_LIST,
  'app/compute/server.repository.ts compute_server': `${AT_START}; ${DAILY}; the list of hosts names the machines of each`,
  'app/events/event.service.ts event': DAILY,
  'app/identity/assignment/role-assignment.repository.ts identity_assignment': WHOLE_LIST,
  'app/identity/assignment/role-assignment.repository.ts identity_project': WHOLE_LIST,
  'app/identity/assignment/role-assignment.repository.ts identity_user': WHOLE_LIST,
  'app/identity/assignment/role-assignment.repository.ts identity_group_member': WHOLE_LIST,
  'app/identity/ldap/ldap-domain.service.ts identity_id_mapping':
    'every few minutes, together with all people of the servers',
  'app/identity/token/token.repository.ts identity_revocation': 'the list of all revocations, as Keystone answers it',
  'app/image/image.repository.ts image_image': STORE,
  'app/quota/quota.repository.ts quota_limit': 'the list of the projects that have limits of their own',
  'app/quota/quota.repository.ts quota_user_limit': 'what there are limits of, such as a volume type, is deleted',
  'app/resource/resource.store.ts image_image': `${WHOLE_LIST}; ${AT_START}`,
  'app/resource/resource.store.ts identity_credential': WHOLE_LIST,
  'app/resource/resource.store.ts identity_federated_user': WHOLE_LIST,
  'app/resource/resource.store.ts identity_group': WHOLE_LIST,
  'app/resource/resource.store.ts identity_limit': WHOLE_LIST,
  'app/resource/resource.store.ts identity_project': WHOLE_LIST,
  'app/resource/resource.store.ts identity_trust': WHOLE_LIST,
  'app/resource/resource.store.ts identity_user': WHOLE_LIST,
  'app/resource/resource.store.ts network_ip_allocation': 'a list of ports by a part of their addresses',
  'app/resource/resource.store.ts network_network': WHOLE_LIST,
  'app/resource/resource.store.ts network_port': WHOLE_LIST,
  'app/resource/resource.store.ts network_subnet': WHOLE_LIST,
  'app/tasks/task.lines.ts task': AT_START,
};
