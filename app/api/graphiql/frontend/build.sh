#!/bin/sh
# Installs the front end's packages and builds it, with the Node.js that is there, else with PyPI's.
# Run by `make graphiql`, which names the Python to use in $PYTHON.
set -eu
cd "$(dirname "$0")"
root=$(cd ../../../.. && pwd)

is_recent() {
    "$1" -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null
}

# npm and esbuild start `node` by name, so the one from PyPI goes to the front of PATH.
use_node_from_pypi() {
    place="$root/.venv-node"
    PATH="$place/bin:$PATH"
    if is_recent "$place/bin/node"; then return; fi
    echo 'No Node.js 20 or newer here: installing one into .venv-node'
    "$PYTHON" -m venv --clear "$place"
    "$place/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
        --require-hashes --only-binary :all: -r node.lock
}

if ! is_recent node || ! command -v npm >/dev/null; then use_node_from_pypi; fi

# npm has been seen to stand still for ever; the page is optional, so it gets five minutes, twice.
limit=${NPM_SECONDS:-300}

limited() {
    if command -v timeout >/dev/null 2>&1; then
        timeout -k 5 "$limit" "$@"
    else
        "$PYTHON" -c 'import subprocess, sys
sys.exit(subprocess.run(sys.argv[2:], timeout=float(sys.argv[1])).returncode)' "$limit" "$@"
    fi
}

# No package's own install script runs: esbuild's only checks what npm has already put in place.
install() {
    limited npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null
}

install || install || {
    echo "npm ci failed twice, or did not end within $limit seconds: try again with \`make graphiql\`" >&2
    exit 1
}
node build.mjs
