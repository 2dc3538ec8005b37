# ------------------------------------------------------------------------------
# What Terraform has made. Its variables may have been given other values than the
# plan's, for which this script is not written.

TERRAFORM=${TERRAFORM:-terraform} # the command
MODULE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# terraform_has OUTPUT VALUE stops where an output is another one.
terraform_has() {
  local have
  if ! have=$("$TERRAFORM" -chdir="$MODULE" output -no-color -raw "$1" 2>&1); then
    printf 'error: cannot read the output %s of Terraform: %s\n' "$1" "$have" >&2
    printf '       run terraform init and terraform apply in %s first\n' "$MODULE" >&2
    exit 1
  fi
  if [ "$have" != "$2" ]; then
    printf 'error: the output %s is %s, and this script is for %s\n' "$1" "$have" "$2" >&2
    printf '       export again with the names that Terraform was given\n' >&2
    exit 1
  fi
}

