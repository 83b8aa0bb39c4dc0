import { expect, test } from 'vitest';
import { EC2_SIGNATURES, S3_SIGNATURES } from './aws-signature.ts';

const { isRight: isEc2SignatureRight, timeOf } = EC2_SIGNATURES;
const { isRight: isS3SignatureRight } = S3_SIGNATURES;

// The examples of AWS's documentation ("Signature Version 4 signing", "Signature Version 2 signing process").
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const IAM = {
  access: 'AKIDEXAMPLE',
  signature: '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  host: 'iam.amazonaws.com',
  verb: 'GET',
  path: '/',
  params: { Action: 'ListUsers', Version: '2010-05-08' },
  headers: {
    Host: 'iam.amazonaws.com',
    'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8',
    'X-Amz-Date': '20150830T123600Z',
    Authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  },
  body_hash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
};
const EMR = {
  access: 'AKIAIOSFODNN7EXAMPLE',
  signature: 'i91nKc4PWAt0JJIdXwz9HxZCJDdiy6cf/Mj6vPxyYIs=',
  host: 'elasticmapreduce.amazonaws.com',
  verb: 'GET',
  path: '/',
  params: {
    AWSAccessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    Action: 'DescribeJobFlows',
    SignatureMethod: 'HmacSHA256',
    SignatureVersion: '2',
    Timestamp: '2011-10-03T15:19:30',
    Version: '2009-03-31',
  },
};

test('version 4: the example of the documentation, and nothing else', () => {
  expect(isEc2SignatureRight(IAM, SECRET)).toBe(true);
  expect(isEc2SignatureRight(IAM, `${SECRET}x`)).toBe(false);
  expect(isEc2SignatureRight({ ...IAM, path: '/other' }, SECRET)).toBe(false);
  expect(isEc2SignatureRight({ ...IAM, params: { ...IAM.params, Action: 'DeleteUser' } }, SECRET)).toBe(false);
  expect(timeOf(IAM)).toBe('20150830T123600Z');
  const otherDay = { ...IAM, headers: { ...IAM.headers, 'X-Amz-Date': '20150831T123600Z' } };
  expect(() => isEc2SignatureRight(otherDay, SECRET)).toThrow('Invalid EC2 signature.');
});

test('version 2: the example of the documentation, also with a port that the client did not sign', () => {
  const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
  expect(isEc2SignatureRight(EMR, secret)).toBe(true);
  expect(isEc2SignatureRight({ ...EMR, host: `${EMR.host}:443` }, secret)).toBe(true);
  expect(isEc2SignatureRight({ ...EMR, verb: 'POST' }, secret)).toBe(false);
  expect(timeOf(EMR)).toBe('2011-10-03T15:19:30');
});

test('S3: the text that was signed comes along; only S3, IAM and STS', () => {
  const text = (service: string) =>
    `AWS4-HMAC-SHA256\n20130524T000000Z\n20130524/us-east-1/${service}/aws4_request\n7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972`;
  const encoded = (value: string) => Buffer.from(value).toString('base64');
  const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
  const signature = 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41';
  expect(isS3SignatureRight({ token: encoded(text('s3')), signature }, secret)).toBe(true);
  expect(isS3SignatureRight({ token: encoded(text('s3')), signature: 'no' }, secret)).toBe(false);
  expect(() => isS3SignatureRight({ token: encoded(text('ec2')), signature }, secret)).toThrow('Invalid EC2');
  const old = 'GET\n\n\nTue, 27 Mar 2007 19:36:42 +0000\n/awsexamplebucket1/photos/puppy.jpg';
  expect(isS3SignatureRight({ token: encoded(old), signature: 'qgk2+6Sv9/oM7G3qLEjTH1a1l1g=' }, secret)).toBe(true);
});

test('what is not signed in a way we know is refused', () => {
  expect(() => isEc2SignatureRight({ ...EMR, params: { SignatureVersion: '9' } }, SECRET)).toThrow('Invalid');
  expect(() => isEc2SignatureRight({ ...EMR, signature: null }, SECRET)).toThrow('not supplied');
});
