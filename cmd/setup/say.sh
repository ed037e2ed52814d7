# How the set-up speaks, refuses, becomes root and waits its turn. Sourced by cmd/setup.sh.

check_only=no # --check: announce instead of doing
incomplete=no # --check found something to do

say() { printf 'protium: %s\n' "$*"; }

# One clear sentence on what is wrong and what to do, and the end.
refuse() {
  say "$*" >&2
  exit 1
}

# announce "installing x": says it and returns 0; with --check says what would be done and returns 1.
announce() {
  if [ "$check_only" = yes ]; then
    say "to do: $*"
    incomplete=yes
    return 1
  fi
  say "$*"
}

is_root() { [ "$(id -u)" = 0 ]; }

# Whether as_root can work: root already, or sudo without a password, or somebody there to type it.
can_be_root() {
  is_root && return
  command -v sudo >/dev/null || return 1
  sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }
}

as_root() {
  if is_root; then "$@"; else sudo -- "$@"; fi
}

# Runs a command with its output in .cache/setup.log; shows the end of that when the command fails.
# No descendant may keep the turn (descriptor 9): a daemon started by a package would hold it for ever.
quietly() {
  local log=$root/.cache/setup.log status=0
  mkdir -p "$root/.cache"
  "$@" </dev/null >"$log" 2>&1 9>&- || status=$?
  [ "$status" = 0 ] || tail -n 15 "$log" | sed 's/^/  | /' >&2
  return "$status"
}

# One set-up of this checkout at a time: a second `npm start` waits, then finds nothing left to do.
take_turns() {
  [ "$check_only" = no ] || return 0
  exec 9<"$root/package.json"
  flock --nonblock 9 && return
  say "waiting for another set-up of this checkout to end"
  flock 9
}
