"""The treatments, one file each. `catalogue` names them all."""
