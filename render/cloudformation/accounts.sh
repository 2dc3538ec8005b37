# from_organization prints the active accounts below an organizational unit, and below those in it.
from_organization() {
  local unit
  aws organizations list-accounts-for-parent --parent-id "$1" --query "Accounts[?Status=='ACTIVE'].[Id]" --output text
  for unit in $(aws organizations list-organizational-units-for-parent --parent-id "$1" --query 'OrganizationalUnits[].Id' --output text); do
    if [ "$unit" != None ]; then
      from_organization "$unit"
    fi
  done
}

# wanted says whether an account is one of those that were named, if any were.
wanted() {
  [ "${#ACCOUNTS[@]}" -eq 0 ] && return 0
  case " ${ACCOUNTS[*]} " in
    *" $1 "*) return 0 ;;
  esac
  return 1
}

# targets prints account, region and stack, a line for each place to go to. Before there are stacks, these
# are the places where there will be some.
targets() {
  local id name unit
  if [ "$SCRIPT" != pre.sh ]; then
    aws cloudformation list-stack-instances --call-as "$CALL_AS" --stack-set-name "$SET" --output text \
      --query "Summaries[?StackInstanceStatus.DetailedStatus=='SUCCEEDED'].[Account, Region, StackId]"
    return
  fi
  for unit in "${UNITS[@]}"; do
    from_organization "$unit" >"$WORK/accounts"
    while read -r id; do
      if [ "$id" != None ] && wanted "$id"; then
        for name in "${REGIONS[@]}"; do
          printf '%s\t%s\tNONE\n' "$id" "$name"
        done
      fi
    done <"$WORK/accounts"
  done | sort -u
}

# go ACCOUNT REGION STACK runs the script there.
go() {
  local answer key secret token
  answer=$(aws sts assume-role --role-arn "arn:$PARTITION:iam::$1:role/$ROLE" --role-session-name onramp \
    --query 'Credentials.[AccessKeyId, SecretAccessKey, SessionToken]' --output text) || return 1
  read -r key secret token <<<"$answer"
  AWS_ACCESS_KEY_ID=$key AWS_SECRET_ACCESS_KEY=$secret AWS_SESSION_TOKEN=$token AWS_REGION=$2 AWS_DEFAULT_REGION=$2 \
    ONRAMP_ACCOUNT=$1 ONRAMP_REGION=$2 ONRAMP_STACK=$3 env -u AWS_PROFILE -u AWS_DEFAULT_PROFILE bash "$SCRIPT" 3<&- </dev/null
}

# ------------------------------------------------------------------------------

cd "$(dirname "$0")"
SCRIPT=${1:-post.sh}
if [ ! -f "$SCRIPT" ]; then
  fail "there is no $SCRIPT beside this script" 'name one of those that were exported with it'
fi
start
targets >"$WORK/targets"
FAILED='' DONE=0
while read -r ACCOUNT NAME STACK <&3; do
  case ${ONLY:+" $ONLY "} in
    '' | *" $ACCOUNT/$NAME "*) ;;
    *) continue ;;
  esac
  say "== account $ACCOUNT, region $NAME"
  if go "$ACCOUNT" "$NAME" "$STACK"; then
    DONE=$((DONE + 1))
  else
    FAILED="${FAILED:+$FAILED }$ACCOUNT/$NAME"
    say "== account $ACCOUNT, region $NAME: FAILED"
  fi
done 3<"$WORK/targets"

say ''
say "$SCRIPT ended well in $DONE places."
if [ -n "$FAILED" ]; then
  say 'It failed in:'
  for NAME in $FAILED; do
    say "  $NAME"
  done
  say 'Mend the cause, then run it again there:'
  say "  ONLY='$FAILED' bash accounts.sh $SCRIPT"
  exit 1
fi
