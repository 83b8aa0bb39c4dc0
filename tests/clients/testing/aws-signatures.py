"""What services ask Keystone about requests that botocore signed: `aws-signatures.py <access> <secret>` prints JSON."""

import base64
import hashlib
import json
import sys
from urllib.parse import parse_qsl, urlsplit

from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

keys = Credentials(*sys.argv[1:3])
EC2 = 'https://ec2.example:8788/services/Cloud'
S3 = 'https://s3.example/bucket/a%20key'


def of_ec2(signer, method, data=None):
    """As the EC2 API service sends it: parameters of a version 4 signature in headers are signed with the body."""
    request = AWSRequest(method, EC2, data=data, params=None if data else {'Action': 'DescribeZones', 'Filter.1': 'a b'})
    signer.add_auth(request)
    sent = request.prepare()
    url = urlsplit(sent.url)
    body = sent.body or b''
    body = body if isinstance(body, bytes) else body.encode()
    params = dict(parse_qsl(url.query)) if method == 'GET' else dict(parse_qsl(body.decode()))
    headers = {name: text_of(value) for name, value in sent.headers.items()}
    headers.setdefault('Host', url.netloc)
    authorization = headers.get('Authorization', '')
    signature = (
        params.pop('Signature', None)
        or params.get('X-Amz-Signature')
        or authorization.partition('Signature=')[2]
    )
    return {
        'path': 'ec2tokens',
        'credentials': {
            'access': keys.access_key,
            'signature': signature,
            'host': url.netloc,
            'verb': method,
            'path': url.path,
            'params': params,
            'headers': headers,
            'body_hash': hashlib.sha256(body).hexdigest(),
        },
    }


def of_s3(text, signature):
    """As Swift's s3token sends it: the text that was signed, and nothing else of the request."""
    token = base64.b64encode(text.encode()).decode()
    return {'path': 's3tokens', 'credentials': {'access': keys.access_key, 'signature': signature, 'token': token}}


def s3_v1():
    signer = auth.HmacV1Auth(keys)
    request = AWSRequest('GET', S3, headers={'Date': signer._get_date()})
    text = signer.canonical_string('GET', urlsplit(S3), request.headers)
    return of_s3(text, signer.sign_string(text))


def s3_v4():
    signed = []

    class Signer(auth.S3SigV4Auth):
        def signature(self, string_to_sign, request):
            signed.append(string_to_sign)
            return super().signature(string_to_sign, request)

    request = AWSRequest('PUT', S3, data=b'content')
    request.context['client_config'] = None
    Signer(keys, 's3', 'RegionOne').add_auth(request)
    return of_s3(signed[0], request.headers['Authorization'].partition('Signature=')[2])


def text_of(value):
    return value.decode() if isinstance(value, bytes) else value


print(json.dumps({
    'EC2 v2': of_ec2(auth.SigV2Auth(keys), 'POST', {'Action': 'DescribeZones', 'Filter.1': 'a b~*'}),
    'EC2 v4': of_ec2(auth.SigV4Auth(keys, 'ec2', 'RegionOne'), 'POST', {'Action': 'DescribeZones'}),
    'EC2 v4 in the query': of_ec2(auth.SigV4QueryAuth(keys, 'ec2', 'RegionOne'), 'GET'),
    'S3 v1': s3_v1(),
    'S3 v4': s3_v4(),
}))
