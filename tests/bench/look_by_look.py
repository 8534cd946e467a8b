"""The runbook's looks as an operator's own script asks them: one command after the other.

Arguments: the nodes' instance ids. Standard input: the looks' scripts, a JSON list.
"""

import json
import sys
import time

import boto3

POLL_SECONDS = 0.2
ENDED = {"Success", "Failed", "TimedOut", "Cancelled"}

nodes = sys.argv[1:]
ssm = boto3.client("ssm")


def ask(script):
    sent = ssm.send_command(
        DocumentName="AWS-RunShellScript",
        InstanceIds=nodes,
        Parameters={"commands": [script]},
    )
    command = sent["Command"]["CommandId"]
    while True:
        asked = time.monotonic()
        listed = ssm.list_command_invocations(CommandId=command, Details=True)
        ended = [i for i in listed["CommandInvocations"] if i["Status"] in ENDED]
        if len(ended) == len(nodes):
            return ended
        time.sleep(max(0.0, asked + POLL_SECONDS - time.monotonic()))


for script in json.load(sys.stdin):
    for invocation in ask(script):
        output = invocation["CommandPlugins"][0]["Output"].strip()
        if invocation["Status"] != "Success" or not output:
            sys.exit(f"{invocation['InstanceId']}: {invocation['Status']}: {script}\n{output}")
