"""The questions that boto3 asks the lab: one function for each case, called by its name.

Numbers and words are those of the real services and of the real SSM agent.
"""

import base64
import hashlib
import json
import os
import sys
import time
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.signers import RequestSigner

NODE = os.environ.get("LAB_NODE")
SECOND_NODE = os.environ.get("LAB_SECOND_NODE")
UNREGISTERED = os.environ.get("LAB_UNREGISTERED")

ONE_ATTEMPT = Config(retries={"total_max_attempts": 1})
ssm = boto3.client("ssm", config=ONE_ATTEMPT)


def send(script, nodes=None, **parameters):
    sent = ssm.send_command(
        DocumentName="AWS-RunShellScript",
        InstanceIds=nodes or [NODE],
        Parameters={"commands": [script], **parameters},
        Comment="boto3",
        MaxErrors="100%",
    )
    return sent["Command"]["CommandId"]


def listed(command):
    reply = ssm.list_command_invocations(CommandId=command, Details=True)
    return reply["CommandInvocations"]


def got(command, node=None):
    return ssm.get_command_invocation(CommandId=command, InstanceId=node or NODE)


def wait(command, details):
    end = time.monotonic() + 20
    while True:
        invocations = listed(command)
        if invocations and all(i["StatusDetails"] == details for i in invocations):
            return invocations
        assert time.monotonic() < end, f"never {details}: {invocations}"
        time.sleep(0.05)


def run(script, details="Success"):
    command = send(script)
    wait(command, details)
    return got(command)


def same(found, wanted):
    assert found == wanted, f"{found!r} is not {wanted!r}"


def refused(code, call, *arguments, **members):
    try:
        call(*arguments, **members)
    except ClientError as error:
        same(error.response["Error"]["Code"], code)
        return error.response["Error"].get("Message", "")
    raise AssertionError(f"no {code}")


def every_operation():
    identity = boto3.client("sts").get_caller_identity()
    same(identity["Arn"], "arn:aws:sts::111122223333:assumed-role/ops/alice")
    ec2 = boto3.client("ec2")
    by_id = ec2.describe_instances(InstanceIds=[NODE])["Reservations"][0]["Instances"][0]
    same(by_id["PrivateDnsName"], "ip-10-0-1-21.eu-west-1.compute.internal")
    same({t["Key"]: t["Value"] for t in by_id["Tags"]}["eks:cluster-name"], "prod-eu")
    filters = [{"Name": "private-dns-name", "Values": ["ip-10-0-1-22.*"]}]
    pages = ec2.get_paginator("describe_instances").paginate(Filters=filters)
    found = [i["InstanceId"] for p in pages for r in p["Reservations"] for i in r["Instances"]]
    same(found, [SECOND_NODE])
    refused("InvalidInstanceID.NotFound", ec2.describe_instances, InstanceIds=["i-0ddddddddddddddd1"])
    pages = ssm.get_paginator("describe_instance_information").paginate(MaxResults=5)
    same([i["InstanceId"] for p in pages for i in p["InstanceInformationList"]], [NODE, SECOND_NODE])

    command = send("echo from $AWS_SSM_INSTANCE_ID", [NODE, SECOND_NODE])
    wait(command, "Success")
    for node in (NODE, SECOND_NODE):
        same(got(command, node)["StandardOutputContent"], f"from {node}\n")
    same(ssm.list_commands(CommandId=command)["Commands"][0]["CompletedCount"], 2)

    command = send("sleep 100")
    ssm.cancel_command(CommandId=command)
    wait(command, "Cancelled")
    same(got(command)["ResponseCode"], 137)


def output_cap():
    intact = run("head -c 23999 /dev/zero | tr '\\0' x")["StandardOutputContent"]
    same(intact, "x" * 23_999)
    cut = run("head -c 24000 /dev/zero | tr '\\0' x")["StandardOutputContent"]
    same(cut, "x" * 23_980 + "--output truncated--")
    stderr = run("head -c 30000 /dev/zero | tr '\\0' e >&2")["StandardErrorContent"]
    same(stderr, "e" * 8_000)


def merged_cap():
    command = send("head -c 2400 /dev/zero | tr '\\0' o")
    same(wait(command, "Success")[0]["CommandPlugins"][0]["Output"], "o" * 2_400)
    command = send("head -c 9000 /dev/zero | tr '\\0' o; head -c 9000 /dev/zero | tr '\\0' e >&2")
    output = wait(command, "Success")[0]["CommandPlugins"][0]["Output"]
    assert len(output) <= 2_500, len(output)
    stdout, stderr = output.split("\n----------ERROR-------\n")
    assert stdout.startswith("ooo") and stdout.endswith("o\n---Output truncated---"), stdout
    assert stderr.startswith("eee") and stderr.endswith("e\n---Error truncated----"), stderr
    assert abs(len(stdout) - len(stderr)) < 50, "half and half"


def cliff():
    """Go's JSON writes `<` as six bytes: as many of any other letter arrive."""
    same(run("head -c 20000 /dev/zero | tr '\\0' x")["StandardOutputContent"], "x" * 20_000)
    lost = send("head -c 20000 /dev/zero | tr '\\0' '<'")
    run("sleep 1")
    same(got(lost)["StatusDetails"], "InProgress")
    same(got(lost)["StandardOutputContent"], "")


def exit_codes():
    failed = run("echo oh >&2; exit 7", "Failed")
    same((failed["Status"], failed["ResponseCode"]), ("Failed", 7))
    same(failed["StandardErrorContent"], "oh\nfailed to run commands: exit status 7")
    for script in ("exit 137", "kill -9 $$"):
        killed = run(script, "Execution Timed Out")
        same((killed["Status"], killed["ResponseCode"]), ("TimedOut", 137))
        same(killed["StatusDetails"], "ExecutionTimedOut")
    same(run("echo erased >&2; exit 168")["StandardErrorContent"], "")
    rebooting = send("exit 194")
    run("sleep 1")
    same(got(rebooting)["StatusDetails"], "InProgress")


def visibility():
    sent = time.monotonic()
    command = send("echo seen")
    refused("InvocationDoesNotExist", got, command)
    same(listed(command), [])
    same(ssm.list_commands(CommandId=command)["Commands"], [])
    wait(command, "Success")
    assert time.monotonic() - sent >= 0.8, "it was there too early"
    same(got(command)["StandardOutputContent"], "seen\n")


def unregistered():
    message = refused("InvalidInstanceId", send, "true", [NODE, UNREGISTERED])
    same(message, f"Instances [[{UNREGISTERED}]] not in a valid state for account 111122223333")


def throttling():
    patient = boto3.client("ssm", config=Config(retries={"mode": "standard", "total_max_attempts": 3}))
    same(patient.list_commands()["Commands"], [])
    same(refused("ThrottlingException", ssm.list_command_invocations), "Rate exceeded")


def expired():
    refused("ExpiredTokenException", ssm.list_commands)
    refused("ExpiredToken", boto3.client("sts", config=ONE_ATTEMPT).get_caller_identity)
    refused("RequestExpired", boto3.client("ec2", config=ONE_ATTEMPT).describe_instances)


def fetched(url, headers=None, method="GET"):
    """What whoever was handed a presigned URL gets for it: status and body."""
    try:
        with urlopen(Request(url, headers=headers or {}, method=method)) as reply:
            return reply.status, reply.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def presigned(headers):
    """As `aws eks get-token` signs: with headers that whoever redeems it has to bring along."""
    session = boto3.Session()
    sts = session.client("sts")
    signer = RequestSigner(
        sts.meta.service_model.service_id, session.region_name, "sts", "v4",
        session.get_credentials(), session.events,
    )
    request = {
        "method": "GET",
        "url": sts.meta.endpoint_url + "/?Action=GetCallerIdentity&Version=2011-06-15",
        "body": {}, "headers": headers, "context": {},
    }
    return signer.generate_presigned_url(
        request, region_name=session.region_name, expires_in=60, operation_name=""
    )


def hands_over_an_identity():
    arn = os.environ["LAB_ARN"]
    # Without a method boto3 signs a POST, which no GET redeems.
    plain = boto3.client("sts").generate_presigned_url("get_caller_identity", HttpMethod="GET")
    status, body = fetched(plain)
    assert status == 200 and f"<Arn>{arn}</Arn>" in body, body
    status, body = fetched(plain, {"Accept": "application/json"})
    result = json.loads(body)["GetCallerIdentityResponse"]["GetCallerIdentityResult"]
    same((status, result["Arn"], result["Account"]), (200, arn, "111122223333"))

    plan = {"x-k8s-aws-id": "prod-eu", "x-heeler-plan": "7k3mq"}
    url = presigned(plan)
    same(parse_qs(urlsplit(url).query)["X-Amz-SignedHeaders"], ["host;x-heeler-plan;x-k8s-aws-id"])
    same(fetched(url, plan)[0], 200)
    same(fetched(url, {**plan, "x-unsigned": "1"})[0], 200)
    for other in (
        {}, {"x-k8s-aws-id": "prod-eu"}, {**plan, "x-heeler-plan": "7k3mr"},
        {**plan, "x-k8s-aws-id": "prod-us"},
    ):
        refused_url(url, other, "SignatureDoesNotMatch")
    refused_url(url.replace("x-heeler-plan%3B", ""), plan, "SignatureDoesNotMatch")
    refused_url(url + "&X=1", plan, "SignatureDoesNotMatch")
    same(fetched(url, plan, "POST")[0], 403)
    refused_url(url.split("&X-Amz-Signature")[0], plan, "IncompleteSignature", 400)


def refused_url(url, headers, code, status=403):
    found, body = fetched(url, {**headers, "Accept": "application/json"})
    same((found, json.loads(body)["Error"]["Code"]), (status, code))
    found, body = fetched(url, headers)
    assert found == status and f"<Code>{code}</Code>" in body, body


def is_a_stranger():
    refused_url(presigned({}), {}, os.environ["LAB_CODE"])
    refused(os.environ["LAB_CODE"], boto3.client("sts", config=ONE_ATTEMPT).get_caller_identity)


def is_out_of_time():
    status, body = fetched(presigned({}), {"Accept": "application/json"})
    error = json.loads(body)["Error"]
    same((status, error["Code"]), (403, "SignatureDoesNotMatch"))
    assert error["Message"].startswith(os.environ["LAB_WORDS"]), error


def stores_objects():
    """Everything here holds for moto's S3 as well."""
    s3 = boto3.client("s3", config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}))
    bucket, key, content = "lab-logs", "a b/ü+1", b"0123456789" * 1000
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    region = s3.head_bucket(Bucket=bucket)["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region")
    same(region, s3.meta.region_name)
    tag = s3.put_object(Bucket=bucket, Key=key, Body=content)["ETag"]
    head = s3.head_object(Bucket=bucket, Key=key)
    same((head["ContentLength"], head["ETag"]), (len(content), tag))
    same(s3.get_object(Bucket=bucket, Key=key)["Body"].read(), content)
    part = s3.get_object(Bucket=bucket, Key=key, Range="bytes=9995-")
    same((part["ContentRange"], part["Body"].read()), ("bytes 9995-9999/10000", b"56789"))
    same(part["ResponseMetadata"]["HTTPStatusCode"], 206)
    refused("InvalidRange", s3.get_object, Bucket=bucket, Key=key, Range="bytes=10000-")
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="a b/")["Contents"]
    same([(one["Key"], one["Size"]) for one in listed], [(key, len(content))])
    for _ in range(2):
        same(s3.delete_object(Bucket=bucket, Key=key)["ResponseMetadata"]["HTTPStatusCode"], 204)
    refused("NoSuchKey", s3.get_object, Bucket=bucket, Key=key)
    refused("404", s3.head_object, Bucket=bucket, Key=key)
    refused("404", s3.head_bucket, Bucket="nowhere-logs")
    refused("NoSuchBucket", s3.get_object, Bucket="nowhere-logs", Key=key)


def keeps_versions():
    """Everything here holds for moto's S3 as well, which does not say of a deleted version that it was a marker."""
    s3 = boto3.client("s3", config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}))
    bucket, key = "old-logs", "k"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket=bucket, Key=key, Body=b"1")["VersionId"]
    second = s3.put_object(Bucket=bucket, Key=key, Body=b"22")["VersionId"]
    assert first != second

    def head(**version):
        found = s3.head_object(Bucket=bucket, Key=key, **version)
        return found["VersionId"], found["ContentLength"]

    same(head(), (second, 2))
    same(head(VersionId=first), (first, 1))
    # A version that is deleted is gone, and the one before counts again.
    deleted = s3.delete_object(Bucket=bucket, Key=key, VersionId=second)
    same((deleted["VersionId"], deleted.get("DeleteMarker", False)), (second, False))
    same(head(), (first, 1))
    # Without a version nothing is gone: a marker hides it.
    hidden = s3.delete_object(Bucket=bucket, Key=key)
    same(hidden["DeleteMarker"], True)
    assert hidden["VersionId"] not in (first, second)
    refused("404", s3.head_object, Bucket=bucket, Key=key)
    refused("NoSuchKey", s3.get_object, Bucket=bucket, Key=key)
    same(head(VersionId=first), (first, 1))
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
    # So is the marker where its own version is deleted.
    shown = s3.delete_object(Bucket=bucket, Key=key, VersionId=hidden["VersionId"])
    same((shown["VersionId"], shown.get("DeleteMarker", True)), (hidden["VersionId"], True))
    same(head(), (first, 1))
    s3.delete_object(Bucket=bucket, Key=key, VersionId=first)
    refused("404", s3.head_object, Bucket=bucket, Key=key)


def put(url, content, headers):
    request = Request(url, data=content, method="PUT", headers=headers)
    # urllib would send one of its own.
    request.add_header("Content-Type", "")
    try:
        with urlopen(request) as reply:
            return reply.status, ""
    except HTTPError as error:
        return error.code, error.read().decode()


def presigns_uploads():
    s3 = boto3.client("s3", config=Config(signature_version="s3v4", s3={"addressing_style": "path"}))
    bucket = "lab-logs"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    content = b"what the node says"
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()

    def signed(life=60, **parameters):
        parameters = {"Bucket": bucket, "Key": "k", **parameters}
        return s3.generate_presigned_url("put_object", Params=parameters, ExpiresIn=life)

    def refused_put(url, words, status=403, content=content, headers={}):
        found, body = put(url, content, headers)
        assert found == status and words in body, (found, body)

    same(put(signed(), content, {})[0], 200)
    same(s3.get_object(Bucket=bucket, Key="k")["Body"].read(), content)
    refused_put(signed().replace("/k?", "/other?"), "<Code>SignatureDoesNotMatch</Code>")
    refused_put(signed() + "&X=1", "<Code>SignatureDoesNotMatch</Code>")
    refused_put(signed(), "headers present in the request which were not signed", headers={"x-amz-acl": "public-read"})
    refused_put(signed().split("&X-Amz-Signature")[0], "X-Amz-Signature", 400)
    refused_put(f"{s3.meta.endpoint_url}/{bucket}/k", "<Code>AccessDenied</Code>")
    late = signed(life=1)
    time.sleep(2.1)
    refused_put(late, "<Message>Request has expired</Message>")
    owner = {"x-amz-expected-bucket-owner": "444455556666"}
    refused_put(signed(ExpectedBucketOwner="444455556666"), "<Code>AccessDenied</Code>", headers=owner)
    own = {"x-amz-expected-bucket-owner": "111122223333"}
    same(put(signed(ExpectedBucketOwner="111122223333"), content, own)[0], 200)
    # What is not sent, or sent otherwise, is another request.
    refused_put(signed(ExpectedBucketOwner="111122223333"), "<Code>SignatureDoesNotMatch</Code>")
    # A request for one content takes no other, however it is signed along.
    url = signed(ChecksumSHA256=digest)
    in_query = parse_qs(urlsplit(url).query).get("x-amz-checksum-sha256")
    headers = {} if in_query else {"x-amz-checksum-sha256": digest}
    same(put(url, content, headers)[0], 200)
    refused_put(url, "<Code>BadDigest</Code>", 400, b"something else", headers)


def learns_nothing_without_a_list():
    s3 = boto3.client("s3", config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}))
    s3.put_object(Bucket="lab-logs", Key="there", Body=b"1")
    same(s3.head_object(Bucket="lab-logs", Key="there")["ContentLength"], 1)
    refused("403", s3.head_object, Bucket="lab-logs", Key="nowhere")
    refused("AccessDenied", s3.get_object, Bucket="lab-logs", Key="nowhere")
    refused("AccessDenied", s3.list_objects_v2, Bucket="lab-logs")


def is_sent_elsewhere_and_denied():
    s3 = boto3.client("s3", config=Config(s3={"addressing_style": "path"}))
    refused("AccessDenied", s3.get_object, Bucket="lab-logs", Key="k")
    # boto3 follows by itself, and finds nothing there.
    far = boto3.client("s3", region_name="eu-central-1", config=Config(s3={"addressing_style": "path"}))
    far.put_object(Bucket="far-logs", Key="k", Body=b"1")
    s3.put_object(Bucket="far-logs", Key="k", Body=b"2")
    same(len(far.list_objects_v2(Bucket="far-logs")["Contents"]), 1)
    url = s3.generate_presigned_url("put_object", Params={"Bucket": "far-logs", "Key": "k"})
    status, body = put(url, b"3", {})
    assert status in (301, 403) and "Code>" in body, (status, body)


if __name__ == "__main__":
    globals()[sys.argv[1]]()
