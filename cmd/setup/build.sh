# The build of the daemon. Sourced by cmd/setup.sh.

# A hash of everything that the build is made from.
build_inputs() {
  {
    node --version
    find cmd internal tsconfig*.json package.json package-lock.json -type f \( -name '*.ts' -o -name '*.json' \) -print0 |
      sort --zero-terminated | xargs --null sha256sum
  } | sha256sum
}

# Builds aside and swaps at the end: no file of an earlier build stays, and an interrupted build is never taken for one.
build() {
  local inputs new=node_modules/.cache/protium/new-build old=node_modules/.cache/protium/old-build
  inputs=$(build_inputs)
  [ "$inputs" != "$(cat dist/.inputs 2>/dev/null)" ] || return 0
  announce 'building' || return 0
  rm -rf "$new" "$old"
  mkdir -p "$(dirname "$new")"
  quietly node_modules/.bin/tsc -p tsconfig.build.json --outDir "$new" || refuse 'the build failed (what the compiler said is above).'
  node "$new/cmd/manager/write-build-info.js"
  printf '%s\n' "$inputs" >"$new/.inputs"
  [ ! -e dist ] || mv dist "$old"
  mv "$new" dist
  rm -rf "$old"
}
