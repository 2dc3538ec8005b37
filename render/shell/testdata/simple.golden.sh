#!/usr/bin/env bash
#
#   sets up   Amazon Redshift ML administration
#   guide     redshift-ml
#   account   123456789012
#   region    us-east-1
#   plan      25a9343ffca9 (two plans with one hash do the same)
#   onramp    0.1.0
#   made by   onramp export redshift-ml -f shell -a answers.yaml
#
# It takes bash 3.2 or later and the AWS CLI (version 1 from 1.31.2, version 2 from 2.14.2):
#
#   bash SCRIPT             does what is listed below, step by step. It can be run again at any
#                           time: what is there already is found and left as it is.
#   DRY_RUN=1 bash SCRIPT   only reads, and prints each command that would change something.
#   ADOPT=1 bash SCRIPT     also changes what is there but was not made by this plan, and what
#                           others may rely on. Without it the script stops there and shows what
#                           is there and what would replace it.
#
# To think about before it is run:
#
#   - AmazonS3FullAccess opens every bucket of the account to whoever may create models (remedy: answer role.choice with restrictive)
#   - if the warehouse has another default role, commands that say IAM_ROLE default will use the new one (remedy: answer role.default with false to leave the default as it is)

if [ -z "${BASH_VERSION:-}" ]; then
  echo 'error: run this script with bash' >&2
  exit 1
fi
unset CDPATH # with it cd goes to other folders, and prints them
set -euo pipefail

CLI1=1.22.34 CLI2=2.4.10 # the oldest versions of the AWS CLI that will do

# new_features lists what this script uses of the AWS CLI that is newer than that.
new_features() {
  needs 1.31.2 2.14.2 output BucketRegion s3api head-bucket --bucket NAME
}

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

ACCOUNT=123456789012
REGION=us-east-1
TOTAL=5

# ------------------------------------------------------------------------------
# Helpers. What is set up begins below the line "The plan".
#
# Nothing here needs more than bash 3.2: no associative arrays, no ${x^^}, no
# mapfile. An array that may be empty is expanded as ${X[@]+"${X[@]}"}, because
# bash before 4.4 takes an empty array for an unset one.

umask 077 # what is written here is for nobody else

UNKNOWN='<known after apply>' # stands for a value that AWS has not given yet
RETRY_LIMIT=300               # seconds: how long a call is repeated that AWS cannot take yet
STATEMENT_LIMIT=600           # seconds: how long an SQL statement may run

# ONRAMP_POLL_SECONDS, if set, is the pause between two looks. It is for tests; without it
# pauses grow from 2 to 10 seconds in a wait, and from 5 to 15 between repeated calls.

WORK=''      # the private folder
DRY=''       # yes: only read, and print what would be done
ADOPTED=''   # yes: what this plan has not made may be changed
NUMBER=0     # of the resource
PLACE=''     # where the script is, for people
CALL=''      # the call under way that changes something
CHANGES=0    # calls that changed something
DONE=''      # what they did, a line for each
MISSING=''   # dry run: ids of the resources that would be created
POLL=2       # seconds until the next look
OUTPUT=''    # what the last call answered
ERROR=''     # what it said on failing
VALUE=''     # what a query found, on one line
TEXT=''      # what fill made
STATEMENT='' # id of the last SQL statement
ROLES=()     # what roles made

# What candidates listed, and the number of the one to look at next.
CANDIDATES=() NEXT=0

# Of the resource: what it is, whether this run made it or found it, and how to see who did.
ID='' LABEL='' MADE='' FOUND='' OURS='' MARK=''
OWNER=() OWNER_ABSENT=() OWNER_UNMARKED=()

# Of the step: how to look, and what became of it.
STEP='' COUNT=0 READ=() ABSENT=() RETRY=() FRESH='' ASK='' AFFECTS='' CHECKED='' TO_CHECK=''
STATE=none HAVE='' WANT='' DOCUMENT='' LATER='' RAN=''

say() { printf '%s\n' "$*"; }

# fail WHAT [REMEDY] ends the script. Where it stopped and what is done is added by finish.
fail() {
  printf 'error: %s\n' "$1" >&2
  if [ "$#" -gt 1 ]; then
    printf '       %s\n' "$2" >&2
  fi
  exit 1
}

# finish runs at the end, however it comes.
finish() {
  local status=$?
  trap - EXIT
  if [ -n "$WORK" ]; then
    rm -rf "$WORK"
  fi
  case $status in
    0) exit 0 ;;
    130 | 141 | 143) ;;
    *) status=1 ;;
  esac
  stopped "$status" >&2
  exit "$status"
}

# stopped CODE tells where the script has stopped, and what it has done.
stopped() {
  printf '\nStopped at %s%s\n' "${PLACE:-the checks before the first step}" "${STEP:+: $STEP}"
  if [ "$1" -ne 1 ] && [ -n "$CALL" ]; then
    printf 'Interrupted during %s: it may have taken effect or not.\n' "$CALL"
  fi
  if [ -n "$DRY" ]; then
    printf 'This was a dry run: nothing has been changed.\n'
  elif [ -n "$DONE" ]; then
    printf 'Done by this run, and not undone:\n%s' "$DONE"
  else
    printf 'This run has changed nothing.\n'
  fi
  printf 'Run the script again when the cause is gone: it finds what is done and goes on from there.\n'
}

trap finish EXIT
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM HUP

# switched NAME VALUE says whether a variable of the environment is on.
switched() {
  case $2 in
    1) return 0 ;;
    '' | 0) return 1 ;;
  esac
  fail "$1=$2 says neither yes nor no" "give $1=1, or leave it out"
}

# ------------------------------------------------------------------------------
# Calls

# call COMMAND... runs a command: OUTPUT is what it answers; on failing ERROR is what it says.
call() {
  local status=0
  ERROR=''
  OUTPUT=$("$@" 2>"$WORK/error") || status=$?
  if [ "$status" -eq 0 ]; then
    return 0
  fi
  ERROR=$(tr -s '\n' ' ' <"$WORK/error")
  ERROR=${ERROR# }
  ERROR=${ERROR% }
  ERROR=${ERROR:-"$1 ended with code $status and gave no reason"}
  return 1
}

# is_statement COMMAND... : SQL through the Data API, which accepts a statement and runs it later.
is_statement() { [ "${1-} ${2-} ${3-}" = 'aws redshift-data execute-statement' ]; }

reads_sql() { is_statement ${READ[@]+"${READ[@]}"}; }

# statement COMMAND... runs an SQL statement to its end.
statement() {
  local status deadline=$((SECONDS + STATEMENT_LIMIT))
  call "$@" --query Id --output text || return 1
  STATEMENT=$OUTPUT
  POLL=1
  while call aws redshift-data describe-statement --id "$STATEMENT" --query Status --output text; do
    status=$OUTPUT
    case $status in
      FINISHED) return 0 ;;
      FAILED | ABORTED)
        call aws redshift-data describe-statement --id "$STATEMENT" --query Error --output text || return 1
        ERROR="the statement is $status: $OUTPUT"
        return 1
        ;;
    esac
    if [ "$SECONDS" -ge "$deadline" ]; then
      ERROR="statement $STATEMENT is still $status after $STATEMENT_LIMIT seconds"
      return 1
    fi
    pause 10
  done
  return 1
}

# ask QUERY FORMAT COMMAND... makes a call that changes nothing.
ask() {
  local query=$1 format=$2
  shift 2
  if is_statement "$@"; then
    statement "$@" || return 1
    call aws redshift-data get-statement-result --id "$STATEMENT" --query "$query" --output "$format"
  else
    call "$@" --query "$query" --output "$format"
  fi
}

# tidy turns OUTPUT, as --output text writes it, into VALUE: one line, tabs as spaces. A query
# runs on each page of a long answer, so a line that says nothing but None is passed over.
tidy() {
  local line words
  VALUE=''
  while IFS= read -r line; do
    line=${line//$'\t'/ }
    words=${line//None/}
    if [ -n "${words// /}" ]; then
      VALUE=$line
      return 0
    fi
  done <<<"$OUTPUT"
}

# listed CODES... says whether ERROR bears one of the codes.
listed() {
  local code
  for code in "$@"; do
    case $ERROR in
      *"($code)"*) return 0 ;;
    esac
  done
  return 1
}

# passing says whether ERROR is one that passes by itself: RETRY has codes and parts of messages.
passing() {
  local part
  for part in ${RETRY[@]+"${RETRY[@]}"}; do
    case $ERROR in
      *"$part"*) return 0 ;;
    esac
  done
  return 1
}

# pause MOST sleeps, and makes the next sleep longer, up to MOST seconds.
pause() {
  sleep "${ONRAMP_POLL_SECONDS:-$POLL}"
  POLL=$((POLL + POLL / 2 + 1))
  if [ "$POLL" -gt "$1" ]; then
    POLL=$1
  fi
}

# ------------------------------------------------------------------------------
# Steps. A step says how to look (READ), which error codes mean that there is nothing yet
# (ABSENT), and then what to run where the thing is absent, the same, or differs.

# begin ID LABEL [WHOLE] begins a resource; WHOLE is the id of the one that it is a part of. In a
# dry run a part of what would only be made counts as made too: there is nothing to look at yet.
begin() {
  ID=$1 LABEL=$2 MADE='' FOUND='' OURS='' MARK='' OWNER=() OWNER_ABSENT=() OWNER_UNMARKED=() COUNT=0 STEP=''
  NUMBER=$((NUMBER + 1))
  PLACE="[$NUMBER/$TOTAL] $LABEL"
  say "$PLACE"
  case $MISSING in
    *" ${3:--} "*) made ;;
  esac
}

# made notes that the resource was not there before this run.
made() {
  MADE=yes
  if [ -n "$DRY" ]; then
    MISSING="$MISSING $ID "
  fi
}

# step TITLE begins a step of the resource.
step() {
  STEP=$1
  READ=() ABSENT=() RETRY=() FRESH='' ASK='' AFFECTS='' CHECKED='' TO_CHECK='' DOCUMENT='' RAN=''
  STATE=none HAVE='' WANT='' LATER=''
  COUNT=$((COUNT + 1))
}

# get QUERY [FORMAT] makes READ's call: OUTPUT is what QUERY finds, VALUE the same on one line.
# Both are empty where there is nothing yet. LATER says that in a dry run this cannot be known.
get() {
  OUTPUT='' VALUE='' LATER=''
  if in_future "$1"; then
    LATER=yes
  elif ask "$1" "${2:-text}" "${READ[@]}"; then
    tidy
  elif listed ${ABSENT[@]+"${ABSENT[@]}"}; then
    OUTPUT=''
  else
    fail "cannot look before this step: $STEP: $ERROR" "$(remedy)"
  fi
}

# in_future QUERY says whether, in a dry run, READ would ask about what is not there yet.
in_future() {
  if [ -n "$DRY" ] && [ -n "$MADE" ]; then
    return 0
  fi
  case "$1 ${READ[*]}" in
    *"$UNKNOWN"*) return 0 ;;
  esac
  return 1
}

# look QUERY WANT finds STATE: absent, same or differs. WANT '' : any value will do.
look() {
  WANT=$2
  if is_fresh; then
    STATE=same
    return 0
  fi
  get "$1"
  HAVE=$VALUE
  if [ -z "$HAVE" ]; then
    STATE=absent
  elif [ -z "$WANT" ] || [ "$HAVE" = "$WANT" ]; then
    STATE=same
  else
    STATE=differs
  fi
}

# look_document QUERY FILE FORMAT does the same for a policy. Here a difference of form, such as
# another order of statements, counts as a difference, and so does a statement of somebody
# else's beside ours: bash cannot compare policies by their meaning.
look_document() {
  DOCUMENT=$2
  if is_fresh; then
    STATE=same
    return 0
  fi
  get "$1" "$3"
  printf '%s\n' "$OUTPUT" >"$WORK/there"
  case $OUTPUT in
    '' | None | null) STATE=absent ;;
    *)
      if [ "$(squeezed "$WORK/there")" = "$(squeezed "$WORK/$DOCUMENT")" ]; then
        STATE=same
      else
        STATE=differs
      fi
      ;;
  esac
}

# is_fresh: the step was done with the resource's first one, if that made it in this run.
is_fresh() { [ -n "$FRESH" ] && [ -n "$MADE" ]; }

squeezed() { LC_ALL=C tr -d ' \t\r\n' <"$1"; }

# in_lines FILE puts each element of a JSON text on a line of its own, for diff.
in_lines() {
  squeezed "$1" | sed -e 's/[[{,]/&\
/g' -e 's/[]}]/\
&/g'
  echo
}

# show_difference tells what is there and what is planned instead.
show_difference() {
  if [ "$STATE" != differs ] || reads_sql; then
    return 0
  fi
  if [ -z "$DOCUMENT" ]; then
    say "       is there: $HAVE"
    say "       planned:  $WANT"
  elif command -v diff >/dev/null 2>&1; then
    say '       - is there, + planned:'
    in_lines "$WORK/there" >"$WORK/there.lines"
    in_lines "$WORK/$DOCUMENT" >"$WORK/planned.lines"
    { diff -u "$WORK/there.lines" "$WORK/planned.lines" || true; } | sed -e '1,2d' -e 's/^/         /'
  else
    say '       is there:'
    in_lines "$WORK/there"
    say '       planned:'
    in_lines "$WORK/$DOCUMENT"
  fi
}

# remedy says what to do about ERROR.
remedy() {
  case $ERROR in
    *AccessDenied* | *Unauthorized* | *'not authorized'*) printf 'have the action allowed that AWS names, or use other credentials' ;;
    *'(403)'*) printf 'it belongs to another account, or the credentials may not see it' ;;
    *Expired* | *InvalidClientToken*) printf 'log in again' ;;
    *) printf 'see what AWS says; nothing after this step has been done' ;;
  esac
}

# is_ours says whether the resource was made by this plan, or is nobody's because it is not there.
# OWNER is a query for two values (something that is there if the resource is, and its mark), the
# mark of this plan, and the call to ask. It is asked once.
is_ours() {
  if [ -z "$OURS" ]; then
    OURS=yes
    if [ -z "$MADE" ] && [ "${#OWNER[@]}" -gt 0 ]; then
      find_owner
    fi
  fi
  [ "$OURS" = yes ]
}

find_owner() {
  local there
  MARK=none
  if ask "${OWNER[0]}" text "${OWNER[@]:2}"; then
    tidy
    read -r there MARK <<<"$VALUE"
    if [ "$MARK" = None ]; then
      MARK=none
    fi
    case $there in
      '' | None) ;; # it is not there
      *)
        if [ "$MARK" != "${OWNER[1]}" ]; then
          OURS=no
        fi
        ;;
    esac
  elif listed ${OWNER_UNMARKED[@]+"${OWNER_UNMARKED[@]}"}; then
    OURS=no
  elif ! listed ${OWNER_ABSENT[@]+"${OWNER_ABSENT[@]}"}; then
    fail "cannot see who made this: $LABEL: $ERROR" "$(remedy)"
  fi
}

# candidates QUERY COMMAND... lists all things of a kind: a run that was stopped may have left one among
# them that it made and could not name any more, so that no look finds it.
candidates() {
  local query=$1
  shift
  CANDIDATES=() NEXT=0
  if [ -n "$LATER" ]; then
    return 0
  fi
  if ! ask "$query" text "$@"; then
    fail "cannot look for what an earlier run may have made: $STEP: $ERROR" "$(remedy)"
  fi
  read -r -d '' -a CANDIDATES <<<"$OUTPUT" || true # there is no NUL for it to end at
}

# next NAME puts the next candidate into a variable. After the last its value is not known again.
next() {
  OWNER=() OWNER_ABSENT=() OWNER_UNMARKED=()
  while [ "$NEXT" -lt "${#CANDIDATES[@]}" ]; do
    printf -v "$1" '%s' "${CANDIDATES[$NEXT]}"
    NEXT=$((NEXT + 1))
    case ${!1} in
      None) ;; # there is nothing on this page
      *) return 0 ;;
    esac
  done
  printf -v "$1" '%s' "$UNKNOWN"
  return 1
}

# found QUERY WANT says whether a candidate bears this plan's mark, for which OWNER asks, and can be used, for
# which READ's call is asked. It is then as good as made by this run.
found() {
  find_owner
  OURS=''
  if [ "$MARK" != "${OWNER[1]}" ]; then
    return 1
  fi
  get "$1"
  if [ "$VALUE" != "$2" ]; then
    return 1
  fi
  OWNER=() OWNER_ABSENT=() OWNER_UNMARKED=()
  FOUND=yes STATE=found OURS=yes
}

# permit stops before a change that others may not expect, unless ADOPT=1.
permit() {
  local why
  if ! is_ours; then
    why="this plan did not make it (its mark: $MARK, the plan's: ${OWNER[1]})${AFFECTS:+; $AFFECTS}"
  elif [ -n "$ASK" ] && [ "$STATE" = differs ] && [ -z "$MADE$FOUND" ]; then
    why="something else may rely on it as it is${AFFECTS:+: $AFFECTS}"
  else
    return 0
  fi
  if [ -n "$ADOPTED" ]; then
    say "       ADOPT=1: changed although $why"
  elif [ -n "$DRY" ]; then
    say "       without ADOPT=1 the script would stop here: $why"
  else
    fail "$LABEL: $STEP: $why" 'look at it; if it may be changed so, run the script again with ADOPT=1'
  fi
}

# checked stops before a change of something in use where the script cannot see enough, unless CHECKED=1.
checked() {
  if [ -z "$CHECKED" ]; then
    return 0
  fi
  if switched "$CHECKED" "${!CHECKED:-}"; then
    say "       $CHECKED=1: not checked by this script: $TO_CHECK"
  elif [ -n "$DRY" ]; then
    say "       without $CHECKED=1 the script would stop here: it cannot check $TO_CHECK"
  else
    fail "$LABEL: $STEP: this script cannot check $TO_CHECK; a wrong setting breaks what is in use${AFFECTS:+ ($AFFECTS)}" \
      "run onramp apply, which checks them; or check them and run the script again with $CHECKED=1"
  fi
}

# see TITLE QUERY WANT WHY COMMAND... stops before a change where a query finds something else than WANT.
see() {
  local title=$1 query=$2 want=$3 why=$4
  shift 4
  case "$query $*" in
    *"$UNKNOWN"*) return 0 ;;
  esac
  if ! ask "$query" text "$@"; then
    fail "cannot check before this step: $STEP: $title: $ERROR" "$(remedy)"
  fi
  tidy
  if [ "$VALUE" != "$want" ]; then
    fail "$LABEL: $STEP: $title: there is ${VALUE:-nothing}" "$why"
  fi
}

# refuse WHY stops at a difference that no call can change.
refuse() {
  if [ -n "$LATER" ]; then
    return 0
  fi
  fail "$LABEL: $STEP: there is ${HAVE:-nothing}${WANT:+, planned is $WANT}" "$1"
}

# run COMMAND... makes a call that changes something, or in a dry run prints it. Where the error
# is one that passes by itself the call is repeated for a while.
run() {
  local deadline=$((SECONDS + RETRY_LIMIT)) told=''
  if [ -z "$RAN" ]; then
    show_difference
    permit
    checked
  fi
  if [ -n "$DRY" ]; then
    would "$@"
    return 0
  fi
  RAN=yes
  CALL="$1 $2 $3" ERROR=''
  POLL=5
  until change "$@"; do
    if ! passing; then
      fail "cannot do this: $STEP: $ERROR" "$(remedy)"
    fi
    if [ "$SECONDS" -ge "$deadline" ]; then
      fail "cannot do this, after $RETRY_LIMIT seconds of trying: $STEP: $ERROR"
    fi
    if [ "$told" != "$ERROR" ]; then
      told=$ERROR
      say "       trying again for up to $((RETRY_LIMIT / 60)) minutes, because this passes by itself: $ERROR"
    fi
    CALL='' # it was refused: nothing is in flight
    pause 15
    CALL="$1 $2 $3"
  done
  CHANGES=$((CHANGES + 1))
  DONE="$DONE  $PLACE: $STEP ($CALL)"$'\n'
  CALL=''
}

change() {
  if is_statement "$@"; then
    statement "$@"
  else
    call "$@"
  fi
}

# would COMMAND... prints a command so that it can be pasted into a shell.
would() {
  local word line=''
  if [ -z "$RAN" ]; then
    RAN=yes
    say "       $STEP: would be $(result)"
  fi
  OUTPUT=''
  for word in "$@"; do
    line="$line $(quoted "$word")"
  done
  say "         ${line# }"
}

# quoted WORD prints it quoted. A document stands in place of its file, which lasts no longer than
# the script.
quoted() {
  local word=$1 quote="'" escaped="'\\''" prefix=''
  case $word in
    "file://$WORK/"*.json) word=$(cat "${word#file://}") ;;
    "file://$WORK/"*)
      prefix='file://<(printf %s '
      word=$(cat "${word#file://}")
      ;;
  esac
  case $word in
    '' | *[!A-Za-z0-9_./:=,@%+-]*) word=$quote${word//$quote/"$escaped"}$quote ;;
  esac
  printf '%s' "$prefix$word${prefix:+)}"
}

# result is what has become of the step, in a word or two.
result() {
  case $STATE in
    same) printf 'already there' ;;
    found) printf 'already there, made by an earlier run' ;;
    absent) if reads_sql; then printf 'done'; else printf created; fi ;;
    differs) if reads_sql; then printf 'done'; else printf changed; fi ;;
    *) printf 'done' ;;
  esac
}

# outcome ends a step that may change something, and tells.
outcome() { conclude "$(result)"; }

# looked ends a step that only looks or waits.
looked() { conclude ok; }

# conclude WORD ends what a step does, and tells.
conclude() {
  if [ "$COUNT" -eq 1 ] && [ "$STATE" = absent ] && [ -n "$RAN" ]; then
    made
  fi
  if [ -n "$DRY" ] && [ -n "$RAN" ]; then
    return 0 # would has told
  elif is_fresh; then
    say "       $STEP: created with it"
  elif [ -n "$LATER" ]; then
    say "       $STEP: can be seen only later"
  elif [ -n "$DRY" ] && [ "$STATE" = none ]; then
    say "       $STEP: not waited for in a dry run"
  else
    say "       $STEP: $1"
  fi
}

# settle FOR QUERY WANT LIMIT NEVER... waits after a change; await waits in any case.
settle() {
  if [ -n "$RAN" ]; then
    await "$@"
  fi
}

# await FOR QUERY WANT LIMIT NEVER... looks by READ until QUERY finds WANT. A value among NEVER
# ends the wait at once, and LIMIT seconds do too.
await() {
  local what=$1 query=$2 want=$3 limit=$4 deadline=$((SECONDS + $4)) told='' value
  shift 4
  if [ -n "$DRY" ]; then
    return 0
  fi
  POLL=2
  while :; do
    get "$query"
    if [ "$VALUE" = "$want" ]; then
      return 0
    fi
    for value in "$@"; do
      if [ "$VALUE" = "$value" ]; then
        fail "waiting until $what is of no use: there is $value" 'look into it, then run the script again'
      fi
    done
    if [ "$SECONDS" -ge "$deadline" ]; then
      fail "$what: not so after $limit seconds, there is ${VALUE:-nothing}" 'look into it, then run the script again'
    fi
    if [ -z "$told" ]; then
      told=yes
      say "       waiting until $what: now ${VALUE:-nothing}, at most $((limit / 60)) minutes"
    fi
    pause 10
  done
}

# take NAMES... puts the words of OUTPUT into variables. In what AWS gives there is nothing that
# could end a string: the values are put into documents, queries and SQL.
take() {
  local name words=() i=0
  if [ -n "$DRY" ] && [ -z "$OUTPUT" ]; then
    return 0
  fi
  tidy
  read -r -a words <<<"$VALUE"
  for name in "$@"; do
    case ${words[i]-None} in
      '' | None) fail "cannot go on after this step: $STEP: AWS gave no value for $name" ;;
      *[\"\'\`\\]* | *[[:cntrl:]]*) fail "cannot go on after this step: $STEP: strange value for $name: ${words[i]}" ;;
    esac
    printf -v "$name" '%s' "${words[i]}"
    i=$((i + 1))
  done
}

# learn QUERY NAMES... takes values from what READ's call answers.
learn() {
  get "$1"
  shift
  take "$@"
}

# current QUERY is for what must be sent back as it is: VALUE is what READ's call answers.
current() {
  get "$1"
  if [ -n "$LATER" ]; then
    VALUE=$UNKNOWN
  fi
}

# roles QUERY ARNS... makes ROLES: those that READ's call answers, and ARNS. An answer may say
# IamRole(applyStatus=in-sync, iamRoleArn=ARN), with its members in either order.
roles() {
  local item items=() add known
  get "$1"
  shift
  ROLES=()
  case $OUTPUT in
    '' | None) ;;
    *) IFS=$'\t' read -r -a items <<<"$OUTPUT" ;;
  esac
  for item in ${items[@]+"${items[@]}"}; do
    case $item in
      *iamRoleArn=*)
        item=${item#*iamRoleArn=}
        item=${item%%, applyStatus=*}
        item=${item%)}
        ;;
    esac
    ROLES=(${ROLES[@]+"${ROLES[@]}"} "$item")
  done
  for add in "$@"; do
    for known in ${ROLES[@]+"${ROLES[@]}"}; do
      if [ "$known" = "$add" ]; then
        continue 2
      fi
    done
    ROLES=(${ROLES[@]+"${ROLES[@]}"} "$add")
  done
}

# ------------------------------------------------------------------------------
# Texts

# fill TOKEN VALUE... makes TEXT of what comes in, with each TOKEN replaced by its VALUE. The
# quotes in the expansion keep an & of the value from meaning the token (bash 5.2).
fill() {
  TEXT=$(cat)
  while [ "$#" -gt 1 ]; do
    TEXT=${TEXT//"$1"/"$2"}
    shift 2
  done
}

# document NAME TOKEN VALUE... writes a document into the private folder, without the white space
# that is for readers: so AWS gets the same bytes from this script as from onramp apply.
document() {
  local file=$WORK/$1.json
  shift
  fill "$@"
  printf '%s\n' "$TEXT" | LC_ALL=C sed -e 's/^ *//' -e 's/^\("[^"]*"\): /\1:/' | tr -d '\n' >"$file"
}

# plain NAME TEXT writes a text that the CLI would take for the address of a file.
plain() { printf '%s' "$2" >"$WORK/$1.txt"; }

# hand_out NAME TITLE writes a file for somebody else's tool into the current folder, whole or not at all.
# One that is there and says something else stays as it is.
hand_out() {
  local text new
  text=$(cat)
  if [ -n "$DRY" ]; then
    printf '\n  %s: would be written to %s\n' "$2" "$1"
  elif [ -L "$1" ] || { [ -e "$1" ] && [ "$(cat -- "$1" 2>/dev/null)" != "$text" ]; }; then
    printf '\n  %s: %s is there and says something else, so it was left as it is\n' "$2" "$1"
  elif new=$(mktemp "./.$1.XXXXXX") && printf '%s\n' "$text" >"$new" && chmod 644 "$new" && mv -f "$new" "./$1"; then
    printf '\n  %s: written to %s\n' "$2" "$1"
  else # nothing that was done depends on it
    rm -f "${new:-}"
    printf '\n  %s: could not be written to %s\n' "$2" "$1"
  fi
}

# hand_over NAME VALUE PLACE tells of a value that has to be entered elsewhere.
hand_over() { printf '  %s: %s (%s)\n' "$1" "${2:-leave it empty}" "$3"; }

# by_hand TITLE WHEN TOKEN VALUE... tells of what is left to do.
by_hand() {
  local title=$1 when=$2
  shift 2
  fill "$@"
  printf '\n  %s\n' "$title"
  if [ -n "$when" ]; then
    printf '  When: %s\n' "$when"
  fi
  printf '\n%s\n' "$TEXT"
}

# the_end sums up.
the_end() {
  STEP='' PLACE='the end'
  if [ -n "$DRY" ]; then
    say 'This was a dry run: nothing has been changed.'
  elif [ "$CHANGES" -eq 0 ]; then
    say 'Everything was there already: nothing has been changed.'
  else
    say "Finished: $CHANGES calls changed something."
  fi
}

# ------------------------------------------------------------------------------
# Before the first step

# check_region refuses where the environment or the CLI's configuration names another region.
check_region() {
  local name value
  for name in AWS_REGION AWS_DEFAULT_REGION; do
    value=${!name:-}
    if [ -n "$value" ] && [ "$value" != "$REGION" ]; then
      fail "$name is $value, and this script is for $REGION" "unset $name or set it to $REGION, or export a script for $value"
    fi
  done
  if [ -z "${AWS_REGION:-}${AWS_DEFAULT_REGION:-}" ]; then
    value=$(aws configure get region 2>/dev/null) || value=''
    if [ -n "$value" ] && [ "$value" != "$REGION" ]; then
      fail "the AWS CLI is configured for $value, and this script is for $REGION" "set AWS_REGION=$REGION, or export a script for $value"
    fi
  fi
  export AWS_REGION="$REGION" AWS_DEFAULT_REGION="$REGION"
}

# check_account refuses to run with another account's credentials.
check_account() {
  if ! call aws sts get-caller-identity --query Account --output text; then
    fail "AWS does not accept the credentials: $ERROR" 'log in (aws configure, aws sso login or AWS_PROFILE) until aws sts get-caller-identity answers'
  fi
  if [ "$OUTPUT" != "$ACCOUNT" ]; then
    fail "the credentials are for account $OUTPUT, and this script is for account $ACCOUNT" "log in to $ACCOUNT, or export a script for $OUTPUT"
  fi
}

if switched DRY_RUN "${DRY_RUN:-}"; then
  DRY=yes
fi
if switched ADOPT "${ADOPT:-}"; then
  ADOPTED=yes
fi
check_version
WORK=$(mktemp -d "${TMPDIR:-/tmp}/onramp.XXXXXXXX") || fail 'cannot make a private folder' 'see that TMPDIR names a folder that can be written to'
check_region
check_account
check_features
if [ -n "$DRY" ]; then
  say 'Dry run: nothing is changed. The commands that would change something are for:'
  say "  export AWS_REGION=$REGION AWS_DEFAULT_REGION=$REGION AWS_PAGER=''"
fi

# ------------------------------------------------------------------------------
# The plan

# ------------------------------------------------------------------------------
# [1/5] S3 bucket acme-ml

begin bucket 'S3 bucket acme-ml'

step 'create bucket acme-ml'
OWNER=("['yes', TagSet[?Key=='onramp:plan'].Value | [0]]" redshift-ml.analytics
  aws s3api get-bucket-tagging
  --bucket acme-ml
  --expected-bucket-owner 123456789012)
OWNER_ABSENT=(NoSuchBucket)
OWNER_UNMARKED=(NoSuchTagSet)
READ=(aws s3api head-bucket --bucket acme-ml --expected-bucket-owner 123456789012)
ABSENT=(404 NotFound NoSuchBucket)
look "BucketRegion || 'us-east-1'" us-east-1
case $STATE in
  absent)
    run aws s3api create-bucket --bucket acme-ml --object-ownership BucketOwnerEnforced
    ;;
  differs)
    refuse 'the bucket is in another region than the warehouse, and Redshift ML needs them in one: choose another bucket name'
    ;;
esac
outcome

step 'tag bucket acme-ml'
READ=(aws s3api get-bucket-tagging --bucket acme-ml --expected-bucket-owner 123456789012)
ABSENT=(NoSuchTagSet NoSuchBucket)
look "(TagSet[?Key=='onramp:plan'].Value | [0]) || TagSet[0].Key" redshift-ml.analytics
case $STATE in
  absent)
    run aws s3api put-bucket-tagging \
      --bucket acme-ml \
      --tagging '{"TagSet":[{"Key":"onramp:plan","Value":"redshift-ml.analytics"},{"Key":"onramp:resource","Value":"bucket"}]}' \
      --expected-bucket-owner 123456789012
    ;;
  differs)
    refuse 'the bucket exists and carries tags of someone else: answer bucket.choice with existing to use it as it is, or choose another bucket name'
    ;;
esac
outcome

step 'block public access to acme-ml'
READ=(aws s3api get-public-access-block --bucket acme-ml --expected-bucket-owner 123456789012)
ABSENT=(NoSuchPublicAccessBlockConfiguration NoSuchBucket)
AFFECTS='clients without credentials, or with access from a public policy or ACL, lose access'
look 'PublicAccessBlockConfiguration.[BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets]' 'True True True True'
case $STATE in
  absent | differs)
    run aws s3api put-public-access-block \
      --bucket acme-ml \
      --public-access-block-configuration '{"BlockPublicAcls":true,"IgnorePublicAcls":true,"BlockPublicPolicy":true,"RestrictPublicBuckets":true}' \
      --expected-bucket-owner 123456789012
    ;;
esac
outcome

step 'set the default encryption of acme-ml'
READ=(aws s3api get-bucket-encryption --bucket acme-ml --expected-bucket-owner 123456789012)
ABSENT=(ServerSideEncryptionConfigurationNotFoundError NoSuchBucket)
AFFECTS='new objects are encrypted this way; with a KMS key, clients that read or write them need permissions on the key'
look 'ServerSideEncryptionConfiguration.Rules[0].[ApplyServerSideEncryptionByDefault.SSEAlgorithm, ApplyServerSideEncryptionByDefault.KMSMasterKeyID]' 'AES256 None'
case $STATE in
  absent | differs)
    run aws s3api put-bucket-encryption \
      --bucket acme-ml \
      --server-side-encryption-configuration '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"}}]}' \
      --expected-bucket-owner 123456789012
    ;;
esac
outcome

document bucket-policy <<'EOF'
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "DenyInsecureTransport",
      "Effect": "Deny",
      "Principal": "*",
      "Action": "s3:*",
      "Resource": [
        "arn:aws:s3:::acme-ml",
        "arn:aws:s3:::acme-ml/*"
      ],
      "Condition": {
        "Bool": {
          "aws:SecureTransport": "false"
        }
      }
    }
  ]
}
EOF

step 'put the bucket policy of acme-ml'
READ=(aws s3api get-bucket-policy --bucket acme-ml --expected-bucket-owner 123456789012)
ABSENT=(NoSuchBucketPolicy NoSuchBucket)
AFFECTS='requests without TLS are denied; the statements that are there stay'
look_document Policy bucket-policy.json text
case $STATE in
  absent)
    run aws s3api put-bucket-policy \
      --bucket acme-ml \
      --policy "file://$WORK/bucket-policy.json" \
      --expected-bucket-owner 123456789012
    ;;
  differs)
    refuse "the bucket has a policy already, and a script can neither compare policies by what they mean nor put two together: onramp apply does both; or add the plan's statements to the policy by hand"
    ;;
esac
outcome

step 'remove incomplete uploads to acme-ml after 7 days'
READ=(aws s3api get-bucket-lifecycle-configuration --bucket acme-ml --expected-bucket-owner 123456789012)
ABSENT=(NoSuchLifecycleConfiguration NoSuchBucket)
look "(Rules[?ID=='onramp-abort-incomplete-uploads'].AbortIncompleteMultipartUpload.DaysAfterInitiation | [0]) || Rules[0].ID" 7
case $STATE in
  absent)
    run aws s3api put-bucket-lifecycle-configuration \
      --bucket acme-ml \
      --lifecycle-configuration '{"Rules":[{"ID":"onramp-abort-incomplete-uploads","Status":"Enabled","Filter":{"Prefix":""},"AbortIncompleteMultipartUpload":{"DaysAfterInitiation":7}}]}' \
      --expected-bucket-owner 123456789012
    ;;
  differs)
    refuse "the bucket has lifecycle rules that lack the plan's, and onramp replaces none: add the rule onramp-abort-incomplete-uploads by hand, or choose another bucket"
    ;;
esac
outcome

# ------------------------------------------------------------------------------
# [2/5] IAM role redshift-ml

begin role 'IAM role redshift-ml'

document role-trust <<'EOF'
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Redshift",
      "Effect": "Allow",
      "Principal": {
        "Service": "redshift.amazonaws.com"
      },
      "Action": "sts:AssumeRole",
      "Condition": {
        "StringEquals": {
          "aws:SourceAccount": "123456789012"
        }
      }
    },
    {
      "Sid": "SageMaker",
      "Effect": "Allow",
      "Principal": {
        "Service": "sagemaker.amazonaws.com"
      },
      "Action": "sts:AssumeRole",
      "Condition": {
        "StringEquals": {
          "aws:SourceAccount": "123456789012"
        }
      }
    }
  ]
}
EOF

step 'create role redshift-ml'
OWNER=("[Role.RoleName, Role.Tags[?Key=='onramp:plan'].Value | [0]]" redshift-ml.analytics
  aws iam get-role
  --role-name redshift-ml)
OWNER_ABSENT=(NoSuchEntity)
READ=(aws iam get-role --role-name redshift-ml)
ABSENT=(NoSuchEntity)
look Role.Path /
case $STATE in
  absent)
    run aws iam create-role \
      --role-name redshift-ml \
      --path / \
      --description 'Redshift ML: CREATE MODEL exports to acme-ml and trains in SageMaker' \
      --assume-role-policy-document "file://$WORK/role-trust.json" \
      --tags '[{"Key":"onramp:plan","Value":"redshift-ml.analytics"},{"Key":"onramp:resource","Value":"role"}]'
    ;;
  differs)
    refuse 'a role of this name exists under another path, and a path cannot be changed: choose another role name, or give the path that it has'
    ;;
esac
outcome
settle 'the role is visible in IAM' Role.RoleName redshift-ml 120

step 'set the trust policy of redshift-ml'
READ=(aws iam get-role --role-name redshift-ml)
ABSENT=(NoSuchEntity)
FRESH=yes
ASK=yes
AFFECTS='principals that the planned policy does not name lose access'
look_document Role.AssumeRolePolicyDocument role-trust.json json
case $STATE in
  absent)
    refuse 'no call can change this: change it by hand, or answer otherwise and export the script again'
    ;;
  differs)
    run aws iam update-assume-role-policy \
      --role-name redshift-ml \
      --policy-document "file://$WORK/role-trust.json"
    ;;
esac
outcome

# ------------------------------------------------------------------------------
# [3/5] managed policy AmazonS3FullAccess on redshift-ml

begin role-AmazonS3FullAccess 'managed policy AmazonS3FullAccess on redshift-ml' role

step 'attach AmazonS3FullAccess to redshift-ml'
OWNER=("[Role.RoleName, Role.Tags[?Key=='onramp:plan'].Value | [0]]" redshift-ml.analytics
  aws iam get-role
  --role-name redshift-ml)
OWNER_ABSENT=(NoSuchEntity)
READ=(aws iam list-attached-role-policies --role-name redshift-ml)
ABSENT=(NoSuchEntity)
look "AttachedPolicies[?PolicyArn=='arn:aws:iam::aws:policy/AmazonS3FullAccess'].PolicyArn | [0]" arn:aws:iam::aws:policy/AmazonS3FullAccess
case $STATE in
  absent)
    run aws iam attach-role-policy \
      --role-name redshift-ml \
      --policy-arn arn:aws:iam::aws:policy/AmazonS3FullAccess
    ;;
  differs)
    refuse 'no call can change this: change it by hand, or answer otherwise and export the script again'
    ;;
esac
outcome

# ------------------------------------------------------------------------------
# [4/5] managed policy AmazonSageMakerFullAccess on redshift-ml

begin role-AmazonSageMakerFullAccess 'managed policy AmazonSageMakerFullAccess on redshift-ml' role

step 'attach AmazonSageMakerFullAccess to redshift-ml'
OWNER=("[Role.RoleName, Role.Tags[?Key=='onramp:plan'].Value | [0]]" redshift-ml.analytics
  aws iam get-role
  --role-name redshift-ml)
OWNER_ABSENT=(NoSuchEntity)
READ=(aws iam list-attached-role-policies --role-name redshift-ml)
ABSENT=(NoSuchEntity)
look "AttachedPolicies[?PolicyArn=='arn:aws:iam::aws:policy/AmazonSageMakerFullAccess'].PolicyArn | [0]" arn:aws:iam::aws:policy/AmazonSageMakerFullAccess
case $STATE in
  absent)
    run aws iam attach-role-policy \
      --role-name redshift-ml \
      --policy-arn arn:aws:iam::aws:policy/AmazonSageMakerFullAccess
    ;;
  differs)
    refuse 'no call can change this: change it by hand, or answer otherwise and export the script again'
    ;;
esac
outcome

# ------------------------------------------------------------------------------
# [5/5] roles of cluster analytics

begin warehouse-roles 'roles of cluster analytics'

step 'wait for cluster analytics'
READ=(aws redshift describe-clusters --cluster-identifier analytics)
ABSENT=(ClusterNotFound)
look 'Clusters[0].ClusterStatus' ''
case $STATE in
  absent)
    refuse 'there is no such cluster in this region: name one that is there, or answer warehouse.kind with new-cluster'
    ;;
esac
await \
  'cluster analytics is available' \
  'Clusters[0].ClusterStatus' \
  available \
  1800 \
  paused \
  pausing \
  deleting \
  final-snapshot \
  hardware-failure \
  incompatible-hsm \
  incompatible-network \
  incompatible-parameters \
  incompatible-restore \
  storage-full
looked

step 'look at the maintenance track of analytics'
READ=(aws redshift describe-clusters --cluster-identifier analytics)
ABSENT=(ClusterNotFound)
look "Clusters[?MaintenanceTrackName=='SQL_PREVIEW' || MaintenanceTrackName=='sql_preview'].MaintenanceTrackName | [0] || 'supported'" supported
case $STATE in
  absent | differs)
    refuse "SQL_PREVIEW was the track of Redshift ML's preview in 2020; Redshift ML has been generally available since 2021 and needs no track: name a cluster on the track current or trailing"
    ;;
esac
looked

step 'look for room for one more role on analytics'
READ=(aws redshift describe-clusters --cluster-identifier analytics)
look "(Clusters[0].IamRoles[?IamRoleArn=='arn:aws:iam::123456789012:role/redshift-ml'].ApplyStatus | [0]) && 'room' || length(Clusters[0].IamRoles || \`[]\`) < \`50\` && 'room' || 'full'" room
case $STATE in
  absent | differs)
    refuse "the cluster has 50 roles, which is Redshift's limit: remove one that is no longer used"
    ;;
esac
looked

step 'attach arn:aws:iam::123456789012:role/redshift-ml to analytics'
READ=(aws redshift describe-clusters --cluster-identifier analytics)
ABSENT=(ClusterNotFound)
RETRY=(InvalidClusterState
  'must delegate access to an Amazon Redshift'
  'is not authorized to assume IAM role'
  ConflictException)
look "Clusters[0].IamRoles[?IamRoleArn=='arn:aws:iam::123456789012:role/redshift-ml'].ApplyStatus | [0]" ''
case $STATE in
  absent)
    run aws redshift modify-cluster-iam-roles \
      --cluster-identifier analytics \
      --add-iam-roles arn:aws:iam::123456789012:role/redshift-ml
    ;;
esac
outcome

step 'wait until arn:aws:iam::123456789012:role/redshift-ml is in-sync'
READ=(aws redshift describe-clusters --cluster-identifier analytics)
await \
  'the role is in-sync on cluster analytics' \
  "Clusters[0].IamRoles[?IamRoleArn=='arn:aws:iam::123456789012:role/redshift-ml'].ApplyStatus | [0]" \
  in-sync \
  1800 \
  removing
looked

step 'make arn:aws:iam::123456789012:role/redshift-ml the default role of analytics'
READ=(aws redshift describe-clusters --cluster-identifier analytics)
ABSENT=(ClusterNotFound)
RETRY=(InvalidClusterState
  'must delegate access to an Amazon Redshift'
  'is not authorized to assume IAM role'
  ConflictException)
ASK=yes
AFFECTS='COPY, UNLOAD, CREATE EXTERNAL SCHEMA, CREATE EXTERNAL FUNCTION and CREATE MODEL statements that say IAM_ROLE default use the new role afterwards, and no longer have the permissions of the old one'
look 'Clusters[0].DefaultIamRoleArn' arn:aws:iam::123456789012:role/redshift-ml
case $STATE in
  absent | differs)
    run aws redshift modify-cluster-iam-roles \
      --cluster-identifier analytics \
      --default-iam-role-arn arn:aws:iam::123456789012:role/redshift-ml
    ;;
esac
outcome
settle \
  'cluster analytics is available' \
  'Clusters[0].ClusterStatus' \
  available \
  1800 \
  paused \
  pausing \
  deleting \
  final-snapshot \
  hardware-failure \
  incompatible-hsm \
  incompatible-network \
  incompatible-parameters \
  incompatible-restore \
  storage-full

# ------------------------------------------------------------------------------
# The end

the_end

say ''
say 'Left to do by hand:'

by_hand 'Create a first model' 'everything above is done; as any user who may create models, with a table and columns of your own' <<'EOF'
CREATE MODEL "public"."first_model"
FROM (SELECT feature_1, feature_2, outcome FROM your_training_table)
TARGET outcome
FUNCTION "predict_first"
IAM_ROLE default
SETTINGS (S3_BUCKET 'acme-ml', MAX_RUNTIME 1800);
EOF
