# Node and the npm dependencies. Sourced by cmd/setup.sh.

require_node() {
  command -v node >/dev/null || refuse 'Node.js is not installed; Protium needs 20.19 or later.'
  node -e 'const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' ||
    refuse "this is Node.js $(node --version); Protium needs 20.19 or later."
}

# Whether node_modules is what package-lock.json says. npm writes its own record of what it installed as its very last
# step, so after an interrupted or failed installation there is no record, and nothing of ours to keep in step.
npm_dependencies_installed() {
  [ -f node_modules/.package-lock.json ] && node -e '
    const { existsSync, readFileSync } = require("node:fs");
    const packages = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
    const installed = packages("node_modules/.package-lock.json");
    const isInstalled = ([path, wanted]) => {
      const found = installed[path];
      if (path === "" || (!found && wanted.optional)) return true; // the project itself; made for another platform
      return found?.version === wanted.version && found.integrity === wanted.integrity && existsSync(`${path}/package.json`);
    };
    process.exit(Object.entries(packages("package-lock.json")).every(isInstalled) ? 0 : 1);
  ' 2>/dev/null
}

# npm accepts a package-lock.json that names more than package.json wants. It is then known by what npm made of it.
npm_accepted() {
  [ "$(npm_lock_hash)" = "$(cat node_modules/.protium-accepted 2>/dev/null)" ]
}

npm_lock_hash() {
  sha256sum package.json package-lock.json node_modules/.package-lock.json 2>/dev/null
}

# Install scripts stay off: no dependency needs its own, and newer npm releases block them anyway.
install_npm_dependencies() {
  npm_dependencies_installed && return
  npm_accepted && return
  announce 'installing the npm dependencies (npm ci)' || return 0
  quietly npm ci --include=dev --include=optional --ignore-scripts --no-audit --no-fund --loglevel=error ||
    refuse 'npm ci failed (its last words are above). Is there a network, and room on the disk? Then try again.'
  npm_dependencies_installed || npm_lock_hash >node_modules/.protium-accepted
}
