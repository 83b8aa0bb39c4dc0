"""What keystoneauth and the SDK find and negotiate at the cloud of the OS_ variables, as JSON."""

import json

import openstack
from keystoneauth1 import discover

cloud = openstack.connect(load_yaml_config=False)
session = cloud.session


def versions_of(service_type):
    url = session.get_endpoint(service_type=service_type, interface='public')
    return [
        {
            'version': '.'.join(map(str, found['version'])),
            'url': found['url'],
            'status': found['status'],
            'microversions': [version and '.'.join(map(str, version)) for version in
                              (found['min_microversion'], found['max_microversion'])],
        }
        for found in discover.Discover(session, url).version_data()
    ]


def asked_in(version):
    answer = cloud.compute.get('/servers', microversion=version)
    return {
        'asked': version,
        'status': answer.status_code,
        'used': answer.headers.get('OpenStack-API-Version'),
        'message': answer.json().get('computeFault', {}).get('message'),
    }


def by_pages(list_function, size):
    """Every page is asked for, and what all of them hold is the whole list."""
    paged, whole = [[one.id for one in list_function(**how)] for how in ({'limit': size}, {})]
    return {'paged': len(paged), 'same': sorted(paged) == sorted(whole)}


print(json.dumps({
    'versions': {kind: versions_of(kind) for kind in ('identity', 'compute', 'image', 'network')},
    'major': {kind: '.'.join(map(str, getattr(cloud, kind).get_api_major_version()))
              for kind in ('identity', 'compute', 'image', 'network')},
    'microversions': [asked_in(version) for version in ('2.1', '2.90', 'latest', '2.999')],
    'pages': {
        'flavors': by_pages(cloud.compute.flavors, 2),
        'users': by_pages(cloud.identity.users, 1),
        'projects': by_pages(cloud.identity.projects, 2),
        'groups': by_pages(cloud.identity.groups, 1),
        'images': by_pages(cloud.image.images, 2),
        'networks': by_pages(cloud.network.networks, 1),
    },
}))
