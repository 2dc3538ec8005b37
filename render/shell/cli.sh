# ------------------------------------------------------------------------------
# The AWS CLI. Version 2 of it can show answers in a pager, ask for options, and write errors in
# other forms, which would stop this script or mislead it.

export AWS_PAGER='' AWS_CLI_AUTO_PROMPT=off AWS_CLI_ERROR_FORMAT=legacy
export AWS_CLI_FILE_ENCODING=UTF-8 # of the files that are sent, whatever the terminal's is

INSTALL='https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html'

CLI=''     # its version
LACKING='' # what it lacks, a line for each
UPDATE=''  # the first versions that have all of it

# check_version stops if there is no AWS CLI, or if it is older than CLI1 and CLI2.
check_version() {
  local oldest
  command -v aws >/dev/null 2>&1 || fail 'there is no aws command' "install the AWS CLI: $INSTALL"
  CLI=$(aws --version 2>&1) || fail "aws --version fails: $CLI" "install the AWS CLI again: $INSTALL"
  case $CLI in
    *aws-cli/[0-9]*.[0-9]*.[0-9]*) ;;
    *) fail "the aws command is not the AWS CLI: aws --version prints ${CLI:-nothing}" "install the AWS CLI: $INSTALL" ;;
  esac
  CLI=${CLI#*aws-cli/}
  CLI=${CLI%%[!0-9.]*}
  case $CLI in
    1.*) oldest=$CLI1 ;;
    2.*) oldest=$CLI2 ;;
    *) return 0 ;;
  esac
  if older "$CLI" "$oldest"; then
    fail "AWS CLI $CLI is too old" "update it to $CLI1 or later (AWS CLI 1) or $CLI2 or later (AWS CLI 2): $INSTALL"
  fi
}

# older VERSION THAN compares two versions whose first numbers are equal.
older() {
  local version than
  IFS=. read -r -a version <<<"$1"
  IFS=. read -r -a than <<<"$2"
  [ "$((version[1] * 10000 + version[2]))" -lt "$((than[1] * 10000 + than[2]))" ]
}

# needs FIRST1 FIRST2 input|output MEMBER COMMAND... notes if the AWS CLI lacks a command, an option
# or a part of the answer. FIRST1 and FIRST2 are the first versions that have it. It sends nothing.
needs() {
  local first1=$1 first2=$2 part=$3 member=$4 what
  shift 4
  case $(aws "$@" --generate-cli-skeleton "$part" 2>/dev/null) in
    *"\"$member\""*) return 0 ;;
  esac
  what="aws $*"
  if [ "$part" = output ]; then
    what="$member in the output of $what"
  fi
  LACKING="$LACKING"$'\n'"         $what (new in $first1 and $first2)"
  UPDATE="$first1 or later (AWS CLI 1) or $first2 or later (AWS CLI 2)" # the newest comes last
}

# check_features stops if the AWS CLI lacks something that this script uses.
check_features() {
  new_features
  if [ -n "$LACKING" ]; then
    fail "AWS CLI $CLI lacks what this script needs:$LACKING" "update it to $UPDATE: $INSTALL"
  fi
}
