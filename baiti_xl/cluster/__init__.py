"""A run spread over many processes or machines; nothing of Dask is imported before it is asked for."""

from baiti_xl.cluster.errors import ClusterError
from baiti_xl.cluster.parts import write_parts
from baiti_xl.cluster.places import Address, as_place, is_address, listing
from baiti_xl.cluster.processes import read_in_processes
from baiti_xl.cluster.workers import connected, read_on_cluster

__all__ = [
    "Address",
    "ClusterError",
    "as_place",
    "connected",
    "is_address",
    "listing",
    "read_in_processes",
    "read_on_cluster",
    "write_parts",
]
