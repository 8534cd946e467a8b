"""Runs a command on a node through Session Manager with pyssm-client's data channel, and prints as JSON what came.

pyssm-client does not sign the upgrade to a WebSocket; AWS's own plugin does. So it is signed here, by botocore, unless
"unsigned" is asked for.
"""

import asyncio
import hashlib
import json
import os
import ssl
import sys
import uuid

import boto3
import pyssm_client.communicator.websocket_channel as websocket_channel
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from pyssm_client.communicator.data_channel import SessionDataChannel
from pyssm_client.communicator.types import WebSocketConfig

LIMIT = 30
session = boto3.Session()
connect = websocket_channel.connect


def signing(url, additional_headers=None, **more):
    request = AWSRequest("GET", url.replace("wss:", "https:"))
    credentials = session.get_credentials().get_frozen_credentials()
    SigV4Auth(credentials, "ssmmessages", session.region_name).add_auth(request)
    trust = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
    return connect(url, additional_headers=dict(request.headers.items()), ssl=trust, **more)


def unsigned(url, **more):
    trust = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
    return connect(url, ssl=trust, **more)


async def main(instance, command, how):
    websocket_channel.connect = {"signed": signing, "unsigned": unsigned}[how]
    started = boto3.client("ssm").start_session(
        Target=instance,
        DocumentName="AWS-StartNonInteractiveCommand",
        Parameters={"command": [command], "separateOutputStream": ["true"]},
        Reason="pyssm-client",
    )
    channel = SessionDataChannel(WebSocketConfig(url=started["StreamUrl"], token=started["TokenValue"]))
    out, err, closed = bytearray(), bytearray(), asyncio.Event()
    channel.set_stdout_handler(out.extend)
    channel.set_stderr_handler(err.extend)
    channel.set_closed_handler(closed.set)
    channel.set_client_info(str(uuid.uuid4()), "1.2.764.0")
    opened = await channel.open()
    if opened:
        await asyncio.wait_for(closed.wait(), LIMIT)
    print(
        json.dumps(
            {
                "opened": opened,
                "size": len(out),
                "sha256": hashlib.sha256(out).hexdigest(),
                "begins": bytes(out[:100]).decode(),
                "err": bytes(err[:200]).decode(),
            }
        )
    )


asyncio.run(main(*sys.argv[1:]))
