# await OPERATION waits until an operation on the stack set has ended.
await() {
  local state
  while :; do
    state=$(aws cloudformation describe-stack-set-operation --call-as "$CALL_AS" --stack-set-name "$SET" --operation-id "$1" \
      --query StackSetOperation.Status --output text)
    case $state in
      SUCCEEDED) return 0 ;;
      FAILED | STOPPED)
        instances "StackInstanceStatus.DetailedStatus != 'SUCCEEDED'" >&2
        fail "the operation is $state in the accounts and regions above" 'mend the cause there and run this script again: it goes on with what is missing'
        ;;
    esac
    say "  $state"
    sleep "${ONRAMP_POLL_SECONDS:-20}"
  done
}

# instances CONDITION lists the stacks of the set.
instances() {
  aws cloudformation list-stack-instances --call-as "$CALL_AS" --stack-set-name "$SET" --output text \
    --query "Summaries[?$1].[Account, Region, StackInstanceStatus.DetailedStatus, StatusReason]"
}

# check_account sees that these credentials are for the account from which stack sets are run.
check_account() {
  local own management
  own=$(aws sts get-caller-identity --query Account --output text) ||
    fail 'AWS does not accept the credentials' 'log in until aws sts get-caller-identity answers'
  management=$(aws organizations describe-organization --query Organization.MasterAccountId --output text) ||
    fail 'AWS does not tell the management account of the organization' 'use credentials that may call organizations:DescribeOrganization'
  if [ "$CALL_AS" = SELF ] && [ "$own" != "$management" ]; then
    fail "the credentials are for account $own, and the management account is $management" "log in to $management, or export for a delegated administrator"
  fi
  if [ "$CALL_AS" != SELF ] && [ "$own" = "$management" ]; then
    fail "the credentials are for the management account, and this is for a delegated administrator" 'log in to that account, or export again'
  fi
}

# there says whether the stack set is there.
there() {
  if aws cloudformation describe-stack-set --call-as "$CALL_AS" --stack-set-name "$SET" --query StackSet.Status --output text >"$WORK/status" 2>"$WORK/error"; then
    [ "$(cat "$WORK/status")" = ACTIVE ]
    return
  fi
  if ! grep -q StackSetNotFoundException "$WORK/error"; then
    cat "$WORK/error" >&2
    fail "cannot look at the stack set $SET"
  fi
  return 1
}

# ------------------------------------------------------------------------------

cd "$(dirname "$0")"
start
check_account
check_features
template
if there; then
  say "Changing the stack set $SET and all of its stacks"
  OPERATION=$(aws cloudformation update-stack-set --call-as "$CALL_AS" --stack-set-name "$SET" \
    "${TEMPLATE[@]}" --parameters file://parameters.json --capabilities CAPABILITY_NAMED_IAM --tags "$TAGS" \
    --auto-deployment "$AUTO_DEPLOYMENT" --operation-preferences "$PREFERENCES" --query OperationId --output text)
  await "$OPERATION"
else
  say "Making the stack set $SET"
  aws cloudformation create-stack-set --call-as "$CALL_AS" --stack-set-name "$SET" --permission-model SERVICE_MANAGED \
    "${TEMPLATE[@]}" --parameters file://parameters.json --capabilities CAPABILITY_NAMED_IAM --tags "$TAGS" \
    --auto-deployment "$AUTO_DEPLOYMENT" --managed-execution Active=true >/dev/null
fi
say 'Making its stacks in the accounts and regions where there are none yet'
OPERATION=$(aws cloudformation create-stack-instances --call-as "$CALL_AS" --stack-set-name "$SET" \
  --deployment-targets "$TARGETS" --regions "${REGIONS[@]}" --operation-preferences "$PREFERENCES" --query OperationId --output text)
await "$OPERATION"
instances "StackInstanceStatus.DetailedStatus == 'SUCCEEDED'"
