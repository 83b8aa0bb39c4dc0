"""What python-keystoneclient knows and no `openstack` command reaches, at the cloud of the OS_ variables, as JSON."""

import json
import os

from keystoneauth1 import session
from keystoneauth1.identity import v3
from keystoneclient.v3 import client

names = ('auth_url', 'username', 'password', 'project_name', 'user_domain_name', 'project_domain_name')
signed_in = session.Session(v3.Password(**{name: os.environ[f'OS_{name.upper()}'] for name in names}))
keystone = client.Client(session=signed_in)
found = {}

domain = keystone.domains.create('works')
config = {'identity': {'driver': 'ldap'}, 'ldap': {'url': 'ldap://ldap.example', 'user_tree_dn': 'ou=people'}}
keystone.domain_configs.create(domain, config)
keystone.domain_configs.update(domain, {'ldap': {'url': 'ldaps://ldap.example'}})
found['domain config'] = keystone.domain_configs.get(domain).to_dict()
keystone.domain_configs.delete(domain)

project = keystone.projects.create('hall', domain)
inner = keystone.projects.create('bench', domain, parent=project)
project.add_tag('one')
project.update_tags(['two', 'three'])
project.delete_tag('two')
found['tags'] = [project.list_tags(), project.check_tag('three'), project.check_tag('two')]
project.delete_all_tags()
found['no tags'] = project.list_tags()

service = keystone.services.create('backup', 'backup')
endpoint = keystone.endpoints.create(service, 'http://backup.example', 'public', region='RegionOne')
policy = keystone.policies.create('{}', 'application/json')
associations = keystone.endpoint_policy
associations.create_policy_association_for_service(policy, service)
associations.create_policy_association_for_region_and_service(policy, 'RegionOne', service)
associations.create_policy_association_for_endpoint(policy, endpoint)
found['policy'] = [
    associations.check_policy_association_for_service(policy, service),
    associations.check_policy_association_for_region_and_service(policy, 'RegionOne', service),
    associations.get_policy_for_endpoint(endpoint).id == policy.id,
    [one.id for one in associations.list_endpoints_for_policy(policy)] == [endpoint.id],
]
associations.delete_policy_association_for_endpoint(policy, endpoint)
associations.delete_policy_association_for_region_and_service(policy, 'RegionOne', service)
associations.delete_policy_association_for_service(policy, service)

keystone.endpoint_filter.add_endpoint_to_project(project, endpoint)
found['endpoint of project'] = [
    keystone.endpoint_filter.check_endpoint_in_project(project, endpoint),
    [one.name for one in keystone.endpoint_filter.list_projects_for_endpoint(endpoint)],
]

admin = signed_in.get_user_id()
role = keystone.roles.find(name='admin')
found['role'] = [
    keystone.roles.check(role, user=admin, project=signed_in.get_project_id()),
    [one.name for one in keystone.roles.list(user=admin, system='all')],
    [rule['name'] for rule in keystone.inference_rules.list(role).implies],
    keystone.inference_rules.check(role, keystone.roles.find(name='manager')),
]
found['assignments below'] = len(keystone.role_assignments.list(project=project, include_subtree=True))

token = keystone.tokens.validate(signed_in.get_token())
found['token'] = [token.username, token.project_name, token.role_names]
found['may go to'] = [
    [one.name for one in keystone.auth.projects()],
    [one.name for one in keystone.auth.domains()],
    [one.to_dict() for one in keystone.auth.systems()],
]
print(json.dumps(found))
