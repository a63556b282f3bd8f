#!/bin/sh
# The commands of the container image: what the npm scripts of the same names do, without npm.
set -eu
command=${1:-start}
[ $# -eq 0 ] || shift
cd /app
small='--max-semi-space-size=8 --max-old-space-size=144'
case $command in
  start) exec node --enable-source-maps --max-old-space-size=256 --max-semi-space-size=16 dist/src/main.js ;;
  # shellcheck disable=SC2086
  backup | restore | import:catalog) exec node $small "dist/src/commands/$(echo "$command" | sed 's/\(.*\):\(.*\)/\1-\2/').js" "$@" ;;
  migrate) exec node dist/src/commands/migrate.js ;;
  admin:create) exec node dist/src/commands/admin-create.js ;;
  health) exec node -e 'fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))' ;;
  *) echo "Commands: start, backup FILE, restore FILE, import:catalog FILE, migrate, admin:create, health" >&2; exit 1 ;;
esac
