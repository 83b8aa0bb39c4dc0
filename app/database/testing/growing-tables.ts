import type { Tables } from '../tables.ts';

const SET_UP = 'made by hand as the cloud is set up';
const FLEET = 'as many as there are hosts';
const CONTROLLERS = 'as many as there are controllers';

/** Tables that may be read whole, and why they stay small. All others grow with what people do. */
export const SMALL_TABLES: Partial<Record<keyof Tables, string>> = {
  identity_region: SET_UP,
  identity_service: SET_UP,
  identity_endpoint: SET_UP,
  identity_endpoint_group: SET_UP,
  identity_policy: SET_UP,
  identity_policy_association: SET_UP,
  identity_registered_limit: SET_UP,
  identity_domain_config: 'one for each domain whose people live elsewhere',
  identity_consumer: SET_UP,
  identity_role: SET_UP,
  identity_implied_role: SET_UP,
  identity_provider: SET_UP,
  identity_provider_remote_id: SET_UP,
  identity_mapping: SET_UP,
  identity_protocol: SET_UP,
  identity_service_provider: SET_UP,
  compute_flavor: SET_UP,
  scheduler_host: FLEET,
  task_owner: CONTROLLERS,
  task_hold: 'one for each thing that a task is working on or waits to',
  unclaimed: 'what hosts have that nobody knows, until a person decides',
  network_network: 'read whole and filtered in memory, a few for each project',
  network_subnet: 'as network_network',
};

const WHOLE_LIST = 'a list whose caller asked for all of it, or filters and orders by columns of any kind';
const AT_START = 'once, at the start of the controller';
const RESTORE = 'once, after a backup was put back';
const DAILY = 'housekeeping, once a day';
const STORE =
  'what lies in the store is compared with all images, at the start and when somebody asks what is unclaimed';

/** Readings of whole tables that are meant so: `<file> <table>`, and why. */
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
  'app/identity/catalog/record.repository.ts identity_limit': WHOLE_LIST,
  'app/identity/credential/credential.repository.ts identity_credential': WHOLE_LIST,
  'app/identity/credential/trust.repository.ts identity_trust': WHOLE_LIST,
  'app/identity/directory/group.repository.ts identity_group': WHOLE_LIST,
  'app/identity/directory/project.repository.ts identity_project': WHOLE_LIST,
  'app/identity/directory/project.repository.ts identity_project_tag': WHOLE_LIST,
  'app/identity/directory/user.repository.ts identity_user': WHOLE_LIST,
  'app/identity/directory/user.repository.ts identity_federated_user': WHOLE_LIST,
  'app/identity/ldap/ldap-domain.service.ts identity_id_mapping':
    'every few minutes, together with all people of the servers',
  'app/identity/token/token.repository.ts identity_revocation': 'the list of all revocations, as Keystone answers it',
  'app/image/image-list.repository.ts image_image': WHOLE_LIST,
  'app/image/image.repository.ts image_image': STORE,
  'app/network/network.repository.ts network_ip_allocation': 'a list of more than a thousand ports needs most of them',
  'app/network/network.repository.ts network_port': WHOLE_LIST,
  'app/tasks/task.lines.ts task': AT_START,
};
