PARAMETERS='' # what parameters.json says, with what was looked up
CHANGES=''    # name of the change set

# value NAME prints what parameters.json has for a parameter.
value() {
  printf '%s\n' "$PARAMETERS" | tr '\n}' ' \n' | sed -n 's/.*"ParameterKey": *"'"$1"'", *"ParameterValue": *"\([^"]*\)".*/\1/p'
}

# fill NAME COMMAND... looks a value up, unless somebody has put one into parameters.json.
fill() {
  local name=$1 found token
  shift
  token="<$name: deploy.sh looks it up>"
  case $PARAMETERS in
    *"$token"*) ;;
    *) return 0 ;;
  esac
  found=$("$@" --output text) || fail "cannot look up $name" 'see what AWS says, or put the value into parameters.json'
  case $found in
    '' | None) fail "nothing was found for $name" 'put the value into parameters.json' ;;
    *[\"\\]* | *[[:cntrl:]]*) fail "strange value for $name: $found" 'put the value into parameters.json' ;;
  esac
  PARAMETERS=${PARAMETERS//"$token"/"$found"}
  say "  $name is $found"
}

# absent FLAG WHAT COMMAND... stops where something is there that the stack would make.
absent() {
  local flag=$1 what=$2 found
  shift 2
  if [ "$(value "$flag")" != yes ]; then
    return 0
  fi
  found=$("$@" --output text) || fail "cannot look whether $what" 'see what AWS says'
  case $found in
    '' | None) ;;
    *) fail "$what: $found" "put no for $flag into parameters.json, and the stack uses what is there" ;;
  esac
}

# private_names VPC stops where AWS would refuse an endpoint with private names.
private_names() {
  local attribute found
  for attribute in enableDnsSupport enableDnsHostnames; do
    found=$(aws ec2 describe-vpc-attribute --vpc-id "$1" --attribute "$attribute" --query '[EnableDnsSupport.Value, EnableDnsHostnames.Value]' --output text) ||
      fail "cannot look at $attribute of $1" 'see what AWS says'
    case $found in
      *True*) ;;
      *) fail "$attribute of $1 is off, and the endpoint needs it" 'run pre.sh first' ;;
    esac
  done
}

# status prints the state of the stack, or NONE.
status() {
  if ! aws cloudformation describe-stacks --stack-name "$STACK" --query 'Stacks[0].StackStatus' --output text 2>"$WORK/error"; then
    if ! grep -q 'does not exist' "$WORK/error"; then
      cat "$WORK/error" >&2
      return 1
    fi
    printf 'NONE\n'
  fi
}

check_account() {
  local found
  found=$(aws sts get-caller-identity --query Account --output text) ||
    fail 'AWS does not accept the credentials' 'log in until aws sts get-caller-identity answers'
  if [ "$found" != "$ACCOUNT" ]; then
    fail "the credentials are for account $found, and this is for account $ACCOUNT" "log in to $ACCOUNT, or export again for $found"
  fi
}

# propose TYPE makes the change set and shows it.
propose() {
  local reason
  CHANGES="onramp-$PLAN-$(date -u +%Y%m%d%H%M%S)"
  template
  aws cloudformation create-change-set --stack-name "$STACK" --change-set-name "$CHANGES" --change-set-type "$1" \
    "${TEMPLATE[@]}" --parameters "file://$WORK/parameters.json" --capabilities CAPABILITY_NAMED_IAM --tags "$TAGS" >/dev/null
  if ! aws cloudformation wait change-set-create-complete --stack-name "$STACK" --change-set-name "$CHANGES" 2>"$WORK/error"; then
    reason=$(aws cloudformation describe-change-set --stack-name "$STACK" --change-set-name "$CHANGES" --query StatusReason --output text)
    aws cloudformation delete-change-set --stack-name "$STACK" --change-set-name "$CHANGES"
    case $reason in
      *"didn't contain changes"* | *'No updates are to be performed'*)
        say 'The stack is as planned already: nothing has been changed.'
        exit 0
        ;;
      None) reason=$(cat "$WORK/error") ;;
    esac
    fail "CloudFormation does not take the change set: $reason" 'nothing has been changed'
  fi
  say "Change set $CHANGES of stack $STACK:"
  aws cloudformation describe-change-set --stack-name "$STACK" --change-set-name "$CHANGES" \
    --query 'Changes[].ResourceChange.[Action, Replacement, ResourceType, LogicalResourceId, PhysicalResourceId]' --output text
}

# carry_out TYPE carries the change set out, and waits.
carry_out() {
  local done_when=stack-create-complete
  if [ "$1" = UPDATE ]; then
    done_when=stack-update-complete
  fi
  # A stack that is not made takes what it keeps with it: the next try finds the names free.
  aws cloudformation execute-change-set --stack-name "$STACK" --change-set-name "$CHANGES" --retain-except-on-create
  if ! aws cloudformation wait "$done_when" --stack-name "$STACK"; then
    aws cloudformation describe-stack-events --stack-name "$STACK" --output text \
      --query "StackEvents[?contains(ResourceStatus, 'FAILED')].[Timestamp, LogicalResourceId, ResourceStatusReason]" >&2
    fail "the stack is $(status)" 'mend the cause and run this script again'
  fi
  say 'Done. What the stack gives:'
  aws cloudformation describe-stacks --stack-name "$STACK" --query 'Stacks[0].Outputs[].[OutputKey, OutputValue]' --output text
}

# ------------------------------------------------------------------------------

cd "$(dirname "$0")"
start
check_account
check_features
PARAMETERS=$(cat parameters.json)
look_up
printf '%s\n' "$PARAMETERS" >"$WORK/parameters.json"

NOW=$(status)
case $NOW in
  NONE | REVIEW_IN_PROGRESS)
    TYPE=CREATE
    look_first
    ;;
  *_IN_PROGRESS) fail "the stack is $NOW" 'wait until that has ended, then run this script again' ;;
  ROLLBACK_COMPLETE | ROLLBACK_FAILED | CREATE_FAILED | DELETE_FAILED)
    fail "the stack is $NOW, and such a stack cannot be changed" "see its events, then: aws cloudformation delete-stack --stack-name $STACK"
    ;;
  *) TYPE=UPDATE ;;
esac
propose "$TYPE"
if [ -n "${REVIEW:-}" ]; then
  say 'REVIEW is set: nothing has been carried out. To do so:'
  say "  aws cloudformation execute-change-set --stack-name $STACK --change-set-name $CHANGES --retain-except-on-create"
  exit 0
fi
carry_out "$TYPE"
