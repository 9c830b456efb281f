"""The command `agentix-gen`. This package only starts it: `python -m agentix_gen`."""
