
# ------------------------------------------------------------------------------
# Helpers. Nothing here needs more than bash 3.2.

umask 077

WORK='' # the private folder

say() { printf '%s\n' "$*"; }

# fail WHAT [REMEDY] ends the script.
fail() {
  printf 'error: %s\n' "$1" >&2
  if [ "$#" -gt 1 ]; then
    printf '       %s\n' "$2" >&2
  fi
  exit 1
}

finish() {
  if [ -n "$WORK" ]; then
    rm -rf "$WORK"
  fi
}

check_region() {
  local name found
  for name in AWS_REGION AWS_DEFAULT_REGION; do
    found=${!name:-}
    if [ -n "$found" ] && [ "$found" != "$REGION" ]; then
      fail "$name is $found, and this is for $REGION" "unset $name, or export again for $found"
    fi
  done
  export AWS_REGION="$REGION" AWS_DEFAULT_REGION="$REGION"
}

# start makes sure of what every script here needs.
start() {
  check_version
  trap finish EXIT
  WORK=$(mktemp -d "${TMPDIR:-/tmp}/onramp.XXXXXXXX") || fail 'cannot make a private folder' 'see that TMPDIR names a folder that can be written to'
  check_region
}

