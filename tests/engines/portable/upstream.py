"""Calls a function of a bundle in a task image, with the deployment that Agentix ships: upstream.py BUNDLE TASK."""

import asyncio
import sys

from agentix import RuntimeClient, SandboxConfig, session
from agentix.deployment.docker import DockerDeployment
from hello_agent import greet


async def main(bundle: str, task: str) -> None:
    config = SandboxConfig(image=task, runtime_image=bundle)
    async with session(DockerDeployment(), config) as sandbox:
        async with RuntimeClient(sandbox.runtime_url) as client:
            print(await asyncio.wait_for(client.remote(greet, name="Ada"), 60))


# On a busy machine the client loses its connection, and it never asks again for the answer.
for turn in range(5):
    try:
        asyncio.run(main(*sys.argv[1:]))
        break
    except asyncio.TimeoutError:
        if turn == 4:
            raise
