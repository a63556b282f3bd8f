#!/usr/bin/env bash
# Builds the image of Dockerfile without Docker, and starts it: by buildah, on base images made by debootstrap. Needs root,
# Debian's packages buildah, debootstrap and util-linux, and the network. Not a part of CI: it takes some minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
work=$(mktemp -d)
mounted=''
cleanup() {
  [ -z "$mounted" ] || buildah rm "$mounted" >/dev/null
  rm -rf "$work"
}
trap cleanup EXIT

bases() {
  debootstrap --variant=minbase --include=ca-certificates trixie "$work/debian" >"$work/debootstrap.log"
  rm -rf "$work/debian"/var/cache/apt/* "$work/debian"/var/lib/apt/lists/* "$work/debian"/usr/share/{doc,man,locale,info}/*
  local image
  image=$(buildah from scratch)
  buildah add -q "$image" "$work/debian" /
  buildah commit -q "$image" localhost/debian-base
  buildah rm "$image"
  image=$(buildah from localhost/debian-base)
  buildah copy -q "$image" "$(readlink -f node_modules/.bin/node)" /usr/local/bin/node
  buildah copy -q "$image" "$(npm root -g)/npm" /usr/local/lib/node_modules/npm
  buildah run "$image" -- ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
  # The authorities that this machine trusts, for registries behind a proxy of its own. They are not in the result.
  buildah copy -q "$image" /etc/ssl/certs/ca-certificates.crt /usr/local/share/machine.crt
  buildah config --env NODE_EXTRA_CA_CERTS=/usr/local/share/machine.crt "$image"
  buildah commit -q "$image" localhost/node-base
  buildah rm "$image"
}

buildah inspect --type image localhost/node-base >/dev/null 2>&1 || bases
buildah bud -q --layers --format docker --build-arg BUILD_BASE=localhost/node-base --build-arg RUN_BASE=localhost/debian-base \
  -t localhost/tankobon .
mounted=$(buildah from localhost/tankobon)
root=$(buildah mount "$mounted")
echo "Size of the root file system: $(du -sm "$root" | cut -f1) MB"

# Starts the image's command as a user id without an entry in /etc/passwd, in a read-only root, with a small /dev/shm.
inside() {
  unshare --mount --pid --fork --kill-child bash -euc '
    root=$1 data=$2 user=$3; shift 3
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs -o size=1m tmpfs "$root/dev/shm"
    mount -t tmpfs -o size=256m,mode=1777 tmpfs "$root/tmp"
    mount --bind "$data" "$root/data"
    cp /etc/resolv.conf "$root/tmp/"
    mount -o remount,ro,bind "$root"
    exec chroot "$root" /usr/bin/env -i PATH=/app/node_modules/.bin:/usr/local/bin:/usr/bin:/bin \
      NODE_ENV=production HOST=0.0.0.0 PORT=3919 DATA_DIR=/data MALLOC_ARENA_MAX=2 LOG_LEVEL=warn ${IMAGE_ENV:-} \
      setpriv --reuid "$user" --regid "$user" --clear-groups --inh-caps=-all --no-new-privs /usr/bin/tini -- tankobon "$@"
  ' inside "$root" "$@"
}

check() {
  local user=$1 data="$work/data-$1" log="$work/log-$1"
  install -d -o "$user" -g "$user" -m 0700 "$data"
  inside "$data" "$user" start >"$log" 2>&1 &
  local pid=$!
  for _ in $(seq 1 240); do
    if curl -fsS -o /dev/null http://localhost:3919/health/ready 2>/dev/null; then
      curl -fsS -o /dev/null 'http://localhost:3919/series?search=one%20piece'
      curl -fsS -o /dev/null http://localhost:3919/dashboard/
      echo "User $user: serves"
      # To tini, which forwards it.
      kill -TERM "$(pgrep -u "$user" -x tini)"
      local status=0
      wait "$pid" || status=$?
      echo "User $user: stopped with status $status"
      return "$status"
    fi
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.5
  done
  echo "User $user does not serve: $(tail -n 3 "$log")" >&2
  return 1
}

check 10001
check 23456
export IMAGE_ENV=${IMAGE_ENV:-"DATABASE_URL=${DATABASE_URL:-} JWT_SECRET=0123456789abcdef0123456789abcdef"}
if [ -n "${DATABASE_URL:-}" ]; then check 34567; fi
